"""One method for each operation of the API. Written by `python -m infra.clients`: do not edit."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from finstage_client import models


class Operations:
    """The operations; ``call`` is the client's."""

    async def call(
        self, method: str, path: str, query: dict[str, Any], body: Any = None, headers: dict[str, str | None] | None = None
    ) -> Any:
        """Send a request and return the JSON of its answer."""
        raise NotImplementedError

    async def alerts(self) -> models.AlertPage:
        """The alerts on conditions of the key's owner."""
        found: models.AlertPage = await self.call("GET", "/v1/alerts", {})
        return found

    async def post_alerts(self, body: models.AlertRequest, *, idempotency_key: str | None = None) -> models.AlertPage:
        """Alert on a condition. One that is there already is answered as it is."""
        found: models.AlertPage = await self.call("POST", "/v1/alerts", {}, body, headers={"Idempotency-Key": idempotency_key})
        return found

    async def delete_alerts_by_number(self, number: str, *, idempotency_key: str | None = None) -> None:
        """Remove an alert. PUT takes that back, until another one is added or removed."""
        await self.call("DELETE", f"/v1/alerts/{quote(number, safe='')}", {}, headers={"Idempotency-Key": idempotency_key})

    async def put_alerts_by_number(
        self, number: str, body: models.AlertChange, *, idempotency_key: str | None = None
    ) -> models.AlertPage:
        """Pause an alert or resume it."""
        found: models.AlertPage = await self.call(
            "PUT", f"/v1/alerts/{quote(number, safe='')}", {}, body, headers={"Idempotency-Key": idempotency_key}
        )
        return found

    async def audit(self, *, limit: int | None = None, page_token: str | None = None) -> models.AuditRecordPage:
        """What was changed through the gateway, the newest first."""
        found: models.AuditRecordPage = await self.call("GET", "/v1/audit", {"limit": limit, "page_token": page_token})
        return found

    async def bars(
        self,
        symbol: str,
        *,
        timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None = None,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
        adjustment: Literal["all", "raw"] | None = None,
        sort: Literal["asc", "desc"] | None = None,
        as_of: str | None = None,
        page_token: str | None = None,
    ) -> models.BarPage:
        """The bars of one instrument and timeframe.

        With `as_of` the stored bars as they were known then: those that had closed, before later restatements, and with
        `adjustment=all` adjusted for the splits and dividends until then.
        """
        found: models.BarPage = await self.call(
            "GET",
            "/v1/bars",
            {
                "symbol": symbol,
                "timeframe": timeframe,
                "start": start,
                "end": end,
                "limit": limit,
                "adjustment": adjustment,
                "sort": sort,
                "as_of": as_of,
                "page_token": page_token,
            },
        )
        return found

    async def briefings(
        self,
        *,
        market: str | None = None,
        kind: Literal["daily", "weekly"] | None = None,
        language: Literal["en", "ko"] | None = None,
        date: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.BriefingViewPage:
        """Briefings for everyone, the newest session first. Those for chats, by what they watch, are not listed."""
        found: models.BriefingViewPage = await self.call(
            "GET",
            "/v1/briefings",
            {"market": market, "kind": kind, "language": language, "date": date, "limit": limit, "page_token": page_token},
        )
        return found

    async def briefings_by_id(self, id: str) -> models.BriefingViewPage:
        """One briefing. It does not change."""
        found: models.BriefingViewPage = await self.call("GET", f"/v1/briefings/{quote(id, safe='')}", {})
        return found

    async def calendar(
        self, exchange: Literal["CME", "CRYPTO", "FX", "KRX", "NASDAQ", "NYSE"], *, start: str | None = None, end: str | None = None
    ) -> models.CalendarDayPage:
        """Sessions with their hours, and weekdays without one, oldest first. docs/calendars.md says where they come from."""
        found: models.CalendarDayPage = await self.call("GET", "/v1/calendar", {"exchange": exchange, "start": start, "end": end})
        return found

    async def conditions_check(self, body: models.CheckRequest) -> models.CheckedConditionPage:
        """Whether a text is a condition: its normal form and what it needs, or the error with its position."""
        found: models.CheckedConditionPage = await self.call("POST", "/v1/conditions/check", {}, body)
        return found

    async def conditions_explain(self, body: models.ExplainRequest) -> models.ExplanationPage:
        """A condition in its normal form and in words, and where it last held on the stored bars of some instruments.

        The words are answered even where the bars cannot be evaluated: ``history`` is null then, and a warning says why.
        """
        found: models.ExplanationPage = await self.call("POST", "/v1/conditions/explain", {}, body)
        return found

    async def conditions_history(self, body: models.HistoryRequest) -> models.HeldTimesPage:
        """Where a condition held on the stored bars of some instruments, the newest bars first; one result an instrument."""
        found: models.HeldTimesPage = await self.call("POST", "/v1/conditions/history", {}, body)
        return found

    async def corporate_actions(
        self, symbol: str, *, start: str | None = None, end: str | None = None, as_of: str | None = None
    ) -> models.CorporateActionPage:
        """Splits and dividends by ex-date, oldest first, as the factors of the newest 20,000 daily bars say.

        An action is known once the first bar of its ex-date has closed; with `as_of` only those that were known then.
        """
        found: models.CorporateActionPage = await self.call(
            "GET", "/v1/corporate-actions", {"symbol": symbol, "start": start, "end": end, "as_of": as_of}
        )
        return found

    async def deliveries(
        self,
        *,
        status: Literal["expired", "failed", "muted", "pending", "sending", "sent", "unknown"] | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.DeliveryViewPage:
        """What became of the alerts of the linked chat, the newest first."""
        found: models.DeliveryViewPage = await self.call(
            "GET", "/v1/deliveries", {"status": status, "limit": limit, "page_token": page_token}
        )
        return found

    async def feeds(self) -> models.FeedPage:
        """All feeds by name."""
        found: models.FeedPage = await self.call("GET", "/v1/feeds", {})
        return found

    async def indicators(
        self,
        symbol: str,
        *,
        timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None = None,
        columns: str | None = None,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
        sort: Literal["asc", "desc"] | None = None,
        page_token: str | None = None,
    ) -> models.IndicatorsPage:
        """Indicator rows of one instrument and timeframe.

        Without `columns` those that analysis computes for every bar, the newest rows from memory. Rows that are older than memory, and
        all rows of chosen `columns`, are computed from the stored bars by the same functions; such an answer may have fewer rows than
        `limit`, and the next page has the others. Values are on prices that are adjusted as of now.
        """
        found: models.IndicatorsPage = await self.call(
            "GET",
            "/v1/indicators",
            {
                "symbol": symbol,
                "timeframe": timeframe,
                "columns": columns,
                "start": start,
                "end": end,
                "limit": limit,
                "sort": sort,
                "page_token": page_token,
            },
        )
        return found

    async def industries(self) -> models.IndustryPage:
        """All industries, then the markets as a whole, each with its newest view."""
        found: models.IndustryPage = await self.call("GET", "/v1/industries", {})
        return found

    async def industries_by_industry(self, industry: str) -> models.IndustryWithMembersPage:
        """One industry or market with its newest view and its members."""
        found: models.IndustryWithMembersPage = await self.call("GET", f"/v1/industries/{quote(industry, safe='')}", {})
        return found

    async def instruments(
        self,
        *,
        industry: str | None = None,
        kind: Literal["crypto", "etf", "future", "fx", "index", "stock"] | None = None,
        exchange: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.InstrumentPage:
        """Instruments by industry, kind, exchange and words; by symbol, or best match first where words are given."""
        found: models.InstrumentPage = await self.call(
            "GET",
            "/v1/instruments",
            {"industry": industry, "kind": kind, "exchange": exchange, "q": q, "limit": limit, "page_token": page_token},
        )
        return found

    async def instruments_by_symbol(self, symbol: str) -> models.InstrumentPage:
        """One instrument."""
        found: models.InstrumentPage = await self.call("GET", f"/v1/instruments/{quote(symbol, safe='')}", {})
        return found

    async def keys(self) -> models.KeyViewPage:
        """All keys, also those that have expired or were revoked, the oldest first. No secrets."""
        found: models.KeyViewPage = await self.call("GET", "/v1/keys", {})
        return found

    async def post_keys(self, body: models.KeyRequest) -> models.NewKeyPage:
        """A new key. The answer has its secret, which is not stored and is shown this once."""
        found: models.NewKeyPage = await self.call("POST", "/v1/keys", {}, body)
        return found

    async def keys_self(self) -> models.KeyViewPage:
        """The key that the request is made with."""
        found: models.KeyViewPage = await self.call("GET", "/v1/keys/self", {})
        return found

    async def post_keys_self_link(self) -> models.LinkCodePage:
        """A code for the bot's /link: the chat in which it is sent then shares its watchlist and alerts with this key."""
        found: models.LinkCodePage = await self.call("POST", "/v1/keys/self/link", {})
        return found

    async def delete_keys_by_id(self, id: str) -> None:
        """Make a key invalid for ever; other gateways take it for up to five seconds more. Revoking it again changes nothing."""
        await self.call("DELETE", f"/v1/keys/{quote(id, safe='')}", {})

    async def post_keys_by_id_rotate(self, id: str, body: models.RotateRequest) -> models.NewKeyPage:
        """A new secret for a key; its id, scopes and limits stay. The old secret is taken for ``keep_seconds`` more."""
        found: models.NewKeyPage = await self.call("POST", f"/v1/keys/{quote(id, safe='')}/rotate", {}, body)
        return found

    async def news(
        self,
        *,
        symbol: str | None = None,
        industry: str | None = None,
        category: Literal["commodities", "company", "economy", "market", "other", "policy"] | None = None,
        source: str | None = None,
        language: Literal["en", "ko"] | None = None,
        importance: float | None = None,
        q: str | None = None,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.NewsStoryPage:
        """Stories that match. A story that grows keeps its place, since its date is that of its first article."""
        found: models.NewsStoryPage = await self.call(
            "GET",
            "/v1/news",
            {
                "symbol": symbol,
                "industry": industry,
                "category": category,
                "source": source,
                "language": language,
                "importance": importance,
                "q": q,
                "start": start,
                "end": end,
                "limit": limit,
                "page_token": page_token,
            },
        )
        return found

    async def news_by_id(self, id: str) -> models.NewsStoryWithArticlesPage:
        """One story with all its articles and what the linked instruments did since it was first seen."""
        found: models.NewsStoryWithArticlesPage = await self.call("GET", f"/v1/news/{quote(id, safe='')}", {})
        return found

    async def patterns(
        self,
        *,
        symbol: str | None = None,
        industry: str | None = None,
        pattern: Literal[
            "head_and_shoulders",
            "inverse_head_and_shoulders",
            "triple_top",
            "triple_bottom",
            "double_top",
            "double_bottom",
            "cup_and_handle",
            "inverse_cup_and_handle",
            "bull_flag",
            "bear_flag",
            "bull_pennant",
            "bear_pennant",
            "ascending_triangle",
            "descending_triangle",
            "symmetrical_triangle",
            "rising_wedge",
            "falling_wedge",
            "channel_up",
            "channel_down",
            "rectangle",
            "resistance",
            "support",
            "uptrend_line",
            "downtrend_line",
            "bullish_gartley",
            "bearish_gartley",
            "bullish_bat",
            "bearish_bat",
            "bullish_butterfly",
            "bearish_butterfly",
            "bullish_crab",
            "bearish_crab",
            "bearish_rsi_divergence",
            "bullish_rsi_divergence",
            "hidden_bearish_rsi_divergence",
            "hidden_bullish_rsi_divergence",
            "bearish_macd_divergence",
            "bullish_macd_divergence",
            "hidden_bearish_macd_divergence",
            "hidden_bullish_macd_divergence",
            "bearish_obv_divergence",
            "bullish_obv_divergence",
            "hidden_bearish_obv_divergence",
            "hidden_bullish_obv_divergence",
        ]
        | None = None,
        status: Literal["confirmed", "failed", "forming", "target"] | None = None,
        direction: Literal["down", "either", "up"] | None = None,
        timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None = None,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.PatternPage:
        """Patterns that match. A new one is stored with analysis' next checkpoint, about a second after its bar."""
        found: models.PatternPage = await self.call(
            "GET",
            "/v1/patterns",
            {
                "symbol": symbol,
                "industry": industry,
                "pattern": pattern,
                "status": status,
                "direction": direction,
                "timeframe": timeframe,
                "start": start,
                "end": end,
                "limit": limit,
                "page_token": page_token,
            },
        )
        return found

    async def quotes(
        self, *, symbols: str | None = None, industry: str | None = None, as_of: str | None = None
    ) -> models.QuotePage:
        """Quotes of the symbols, of an industry, or all. A warning names instruments without a quote.

        With `as_of` the prices of up to 20 `symbols` at the close of the newest bar that had closed by then.
        """
        found: models.QuotePage = await self.call("GET", "/v1/quotes", {"symbols": symbols, "industry": industry, "as_of": as_of})
        return found

    async def request_research_backtests(self, body: models.BacktestRequest) -> models.JobPage:
        """Ask for a run: it waits, and is done by analysis research. Location has its address.

        Everything that can be known without a bar is checked before it waits. ``state`` is ``requested`` where analysis research does
        not answer now: then the job waits on the topic.
        """
        found: models.JobPage = await self.call("POST", "/v1/research/backtests", {}, body)
        return found

    async def research_datasets(self, *, limit: int | None = None, page_token: str | None = None) -> models.DatasetPage:
        """Data sets that analysis research has written, the newest first."""
        found: models.DatasetPage = await self.call("GET", "/v1/research/datasets", {"limit": limit, "page_token": page_token})
        return found

    async def request_research_datasets(self, body: models.DatasetRequest) -> models.JobPage:
        """Ask for a run: it waits, and is done by analysis research. Location has its address.

        Everything that can be known without a bar is checked before it waits. ``state`` is ``requested`` where analysis research does
        not answer now: then the job waits on the topic.
        """
        found: models.JobPage = await self.call("POST", "/v1/research/datasets", {}, body)
        return found

    async def research_datasets_by_id(self, id: str) -> models.DatasetPage:
        """One data set with its files."""
        found: models.DatasetPage = await self.call("GET", f"/v1/research/datasets/{quote(id, safe='')}", {})
        return found

    async def request_research_discoveries(self, body: models.DiscoveryRequest) -> models.JobPage:
        """Ask for a run: it waits, and is done by analysis research. Location has its address.

        Everything that can be known without a bar is checked before it waits. ``state`` is ``requested`` where analysis research does
        not answer now: then the job waits on the topic.
        """
        found: models.JobPage = await self.call("POST", "/v1/research/discoveries", {}, body)
        return found

    async def request_research_grids(self, body: models.GridRequest) -> models.JobPage:
        """Ask for a run: it waits, and is done by analysis research. Location has its address.

        Everything that can be known without a bar is checked before it waits. ``state`` is ``requested`` where analysis research does
        not answer now: then the job waits on the topic.
        """
        found: models.JobPage = await self.call("POST", "/v1/research/grids", {}, body)
        return found

    async def research_jobs(
        self,
        *,
        kind: Literal["audit", "backtest", "dataset", "discovery", "grid", "quality"] | None = None,
        state: Literal["cancelled", "done", "failed", "queued", "refused", "running"] | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.JobSummaryPage:
        """Jobs of the API, of the command line and of the schedule, the newest first; those of chats are shown in their chats alone."""
        found: models.JobSummaryPage = await self.call(
            "GET", "/v1/research/jobs", {"kind": kind, "state": state, "limit": limit, "page_token": page_token}
        )
        return found

    async def cancel_research_job(self, id: str) -> models.JobPage:
        """Cancel a job: one that waits at once, one that runs within a second. Only its requester may."""
        found: models.JobPage = await self.call("DELETE", f"/v1/research/jobs/{quote(id, safe='')}", {})
        return found

    async def research_jobs_by_id(self, id: str) -> models.JobPage:
        """One job: its state and progress, and its result once it is done."""
        found: models.JobPage = await self.call("GET", f"/v1/research/jobs/{quote(id, safe='')}", {})
        return found

    async def research_jobs_by_id_equity(
        self, id: str, *, limit: int | None = None, page_token: str | None = None
    ) -> models.EquityPointPage:
        """The account of a backtest at the close of each bar, oldest first, with buy and hold beside it."""
        found: models.EquityPointPage = await self.call(
            "GET", f"/v1/research/jobs/{quote(id, safe='')}/equity", {"limit": limit, "page_token": page_token}
        )
        return found

    async def research_jobs_by_id_trades(
        self, id: str, *, limit: int | None = None, page_token: str | None = None
    ) -> models.TradePage:
        """The trades of a backtest, in the order of their entries."""
        found: models.TradePage = await self.call(
            "GET", f"/v1/research/jobs/{quote(id, safe='')}/trades", {"limit": limit, "page_token": page_token}
        )
        return found

    async def request_research_quality(self, body: models.QualityRequest) -> models.JobPage:
        """Ask for a run: it waits, and is done by analysis research. Location has its address.

        Everything that can be known without a bar is checked before it waits. ``state`` is ``requested`` where analysis research does
        not answer now: then the job waits on the topic.
        """
        found: models.JobPage = await self.call("POST", "/v1/research/quality", {}, body)
        return found

    async def rules(self) -> models.ChosenRulePage:
        """The rules about which the key's owner has made a choice."""
        found: models.ChosenRulePage = await self.call("GET", "/v1/rules", {})
        return found

    async def put_rules_by_rule(
        self, rule: str, body: models.RuleRequest, if_match: str, *, idempotency_key: str | None = None
    ) -> models.ChosenRulePage:
        """Choose whether signals of a rule are wanted, where the choices are still those that If-Match names."""
        found: models.ChosenRulePage = await self.call(
            "PUT", f"/v1/rules/{quote(rule, safe='')}", {}, body, headers={"If-Match": if_match, "Idempotency-Key": idempotency_key}
        )
        return found

    async def screener(self, body: models.ScreenRequest) -> models.ScreenResultPage:
        """Instruments for which a condition is true on the newest closed bar of its timeframe. It may look one bar back."""
        found: models.ScreenResultPage = await self.call("POST", "/v1/screener", {}, body)
        return found

    async def signals(
        self,
        *,
        symbol: str | None = None,
        industry: str | None = None,
        rule: Literal[
            "golden_cross",
            "dead_cross",
            "sma_breakout_up",
            "sma_breakout_down",
            "ema_cross",
            "rsi_overbought",
            "rsi_oversold",
            "rsi_mid",
            "bollinger_break",
            "bollinger_touch",
            "macd_cross",
            "macd_zero",
            "stochastic_cross",
            "adx_trend",
            "volume_surge",
            "volume_dry",
            "price_move",
            "new_high",
            "new_low",
            "drop_from_high",
            "prev_high_break",
            "prev_low_break",
            "gap",
            "bullish_engulfing",
            "bearish_engulfing",
            "hammer",
            "shooting_star",
            "morning_star",
            "evening_star",
            "doji_at_band",
            "squeeze",
            "all_time_high",
            "all_time_low",
            "head_and_shoulders",
            "inverse_head_and_shoulders",
            "triple_top",
            "triple_bottom",
            "double_top",
            "double_bottom",
            "cup_and_handle",
            "inverse_cup_and_handle",
            "bull_flag",
            "bear_flag",
            "bull_pennant",
            "bear_pennant",
            "ascending_triangle",
            "descending_triangle",
            "symmetrical_triangle",
            "rising_wedge",
            "falling_wedge",
            "channel_up",
            "channel_down",
            "rectangle",
            "resistance",
            "support",
            "uptrend_line",
            "downtrend_line",
            "bullish_gartley",
            "bearish_gartley",
            "bullish_bat",
            "bearish_bat",
            "bullish_butterfly",
            "bearish_butterfly",
            "bullish_crab",
            "bearish_crab",
            "bearish_rsi_divergence",
            "bullish_rsi_divergence",
            "hidden_bearish_rsi_divergence",
            "hidden_bullish_rsi_divergence",
            "bearish_macd_divergence",
            "bullish_macd_divergence",
            "hidden_bearish_macd_divergence",
            "hidden_bullish_macd_divergence",
            "bearish_obv_divergence",
            "bullish_obv_divergence",
            "hidden_bearish_obv_divergence",
            "hidden_bullish_obv_divergence",
            "sequence",
        ]
        | None = None,
        direction: Literal["down", "up"] | None = None,
        timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None = None,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.SignalPage:
        """Signals that match. A signal may be in memory, in the database or in both; it is returned once.

        One that was published before its record was computed gets it here.
        """
        found: models.SignalPage = await self.call(
            "GET",
            "/v1/signals",
            {
                "symbol": symbol,
                "industry": industry,
                "rule": rule,
                "direction": direction,
                "timeframe": timeframe,
                "start": start,
                "end": end,
                "limit": limit,
                "page_token": page_token,
            },
        )
        return found

    async def signals_quality(
        self,
        *,
        rule: Literal[
            "golden_cross",
            "dead_cross",
            "sma_breakout_up",
            "sma_breakout_down",
            "ema_cross",
            "rsi_overbought",
            "rsi_oversold",
            "rsi_mid",
            "bollinger_break",
            "bollinger_touch",
            "macd_cross",
            "macd_zero",
            "stochastic_cross",
            "adx_trend",
            "volume_surge",
            "volume_dry",
            "price_move",
            "new_high",
            "new_low",
            "drop_from_high",
            "prev_high_break",
            "prev_low_break",
            "gap",
            "bullish_engulfing",
            "bearish_engulfing",
            "hammer",
            "shooting_star",
            "morning_star",
            "evening_star",
            "doji_at_band",
            "squeeze",
            "all_time_high",
            "all_time_low",
            "head_and_shoulders",
            "inverse_head_and_shoulders",
            "triple_top",
            "triple_bottom",
            "double_top",
            "double_bottom",
            "cup_and_handle",
            "inverse_cup_and_handle",
            "bull_flag",
            "bear_flag",
            "bull_pennant",
            "bear_pennant",
            "ascending_triangle",
            "descending_triangle",
            "symmetrical_triangle",
            "rising_wedge",
            "falling_wedge",
            "channel_up",
            "channel_down",
            "rectangle",
            "resistance",
            "support",
            "uptrend_line",
            "downtrend_line",
            "bullish_gartley",
            "bearish_gartley",
            "bullish_bat",
            "bearish_bat",
            "bullish_butterfly",
            "bearish_butterfly",
            "bullish_crab",
            "bearish_crab",
            "bearish_rsi_divergence",
            "bullish_rsi_divergence",
            "hidden_bearish_rsi_divergence",
            "hidden_bullish_rsi_divergence",
            "bearish_macd_divergence",
            "bullish_macd_divergence",
            "hidden_bearish_macd_divergence",
            "hidden_bullish_macd_divergence",
            "bearish_obv_divergence",
            "bullish_obv_divergence",
            "hidden_bearish_obv_divergence",
            "hidden_bullish_obv_divergence",
            "sequence",
        ]
        | None = None,
        direction: Literal["down", "up"] | None = None,
        timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None = None,
        level: Literal["all", "industry", "instrument"] | None = None,
        symbol: str | None = None,
        industry: str | None = None,
        horizon: int | None = None,
        validated: bool | None = None,
        limit: int | None = None,
        page_token: str | None = None,
    ) -> models.QualityRecordPage:
        """Records that match, by rule. Analysis research computes them again when daily bars have closed."""
        found: models.QualityRecordPage = await self.call(
            "GET",
            "/v1/signals/quality",
            {
                "rule": rule,
                "direction": direction,
                "timeframe": timeframe,
                "level": level,
                "symbol": symbol,
                "industry": industry,
                "horizon": horizon,
                "validated": validated,
                "limit": limit,
                "page_token": page_token,
            },
        )
        return found

    async def snapshot_by_symbol(
        self,
        symbol: str,
        *,
        timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None = None,
        bars: int | None = None,
        adjustment: Literal["all", "raw"] | None = None,
        limit: int | None = None,
    ) -> models.SnapshotPage:
        """The instrument, its quote, newest bars, newest row of indicators, newest signals and patterns."""
        found: models.SnapshotPage = await self.call(
            "GET",
            f"/v1/snapshot/{quote(symbol, safe='')}",
            {"timeframe": timeframe, "bars": bars, "adjustment": adjustment, "limit": limit},
        )
        return found

    async def status(self) -> models.StatusPage:
        """What runs, when ingest and analysis last wrote anything, how the sources are, and what was rejected. Asks nobody."""
        found: models.StatusPage = await self.call("GET", "/v1/status", {})
        return found

    async def trading(self, symbols: str, *, as_of: str | None = None) -> models.TradingPage:
        """Session state and tradability of up to 20 instruments.

        Without `as_of` the moment is now, or, of an instrument whose prices are replayed, that of its newest price. An index is not
        traded, and neither is what has no price yet.
        """
        found: models.TradingPage = await self.call("GET", "/v1/trading", {"symbols": symbols, "as_of": as_of})
        return found

    async def watchlist(self) -> models.WatchedPage:
        """The watchlist of the key's owner: of the linked chat, where the key is linked to one."""
        found: models.WatchedPage = await self.call("GET", "/v1/watchlist", {})
        return found

    async def put_watchlist(
        self, body: models.WatchlistRequest, if_match: str, *, idempotency_key: str | None = None
    ) -> models.WatchedPage:
        """Replace the whole watchlist, where it is still the one that If-Match names."""
        found: models.WatchedPage = await self.call(
            "PUT", "/v1/watchlist", {}, body, headers={"If-Match": if_match, "Idempotency-Key": idempotency_key}
        )
        return found

    async def delete_watchlist_by_symbol(self, symbol: str, *, idempotency_key: str | None = None) -> None:
        """Remove an instrument from the watchlist. One that is not there is no error."""
        await self.call("DELETE", f"/v1/watchlist/{quote(symbol, safe='')}", {}, headers={"Idempotency-Key": idempotency_key})

    async def put_watchlist_by_symbol(self, symbol: str, *, idempotency_key: str | None = None) -> models.WatchedPage:
        """Add an instrument to the watchlist. One that is there already stays."""
        found: models.WatchedPage = await self.call(
            "PUT", f"/v1/watchlist/{quote(symbol, safe='')}", {}, headers={"Idempotency-Key": idempotency_key}
        )
        return found
