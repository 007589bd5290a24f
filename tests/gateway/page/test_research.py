"""Research on the page: a run from the form to its result, its cancellation, grids and comparisons.

Records, data sets and the form are the gateway's own. Analysis research is not there: the test answers for it, as docs/api.md says.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.gateway.browsing import keep_picture
from tests.gateway.running_gateway import RunningGateway
from tests.gateway.visitors import Visitor, visitors

A4: Final = ViewportSize(width=794, height=1123)
"""Paper, in pixels of a style sheet."""
SCROLLED: Final = "e => e.scrollWidth - e.clientWidth"

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FIGURES: Final = {"total_return": 2.858, "sharpe": 0.86, "max_drawdown": -0.325, "trades": 2, "profit_factor": None}
BACKTEST: Final = {
    "entry": "golden_cross", "exit": "dead_cross", "costs": "5 + 5 bp a side", "metrics": FIGURES,
    "intervals": {"level": 0.95, "sharpe": [0.26, 1.59], "cagr": None}, "buy_and_hold": {"total_return": 5.561, "sharpe": 0.96},
    "monthly": [{"year": 2023, "months": [0.01, None, -0.02] + [None] * 9, "total": -0.0102}],
}  # fmt: skip
GRID: Final = {
    "objective": "sharpe", "costs": "5 + 5 bp a side",
    "cost_terms": {"commission_bp": 5.0, "slippage_bp": 2.5, "borrow": 0.01}, "parameters": [{"name": "fast"}, {"name": "slow"}],
    "chosen": {"set": {"fast": 10, "slow": 100}, "development": {"sharpe": 1.1}, "test": {"sharpe": 0.4}},
    "peak": {"set": {"fast": 5, "slow": 50}, "development": {"sharpe": 1.4}, "test": {"sharpe": -0.2}},
    "buy_and_hold": {"test": {"sharpe": 0.7}},
    "overfitting": {"trials": 4, "effective_trials": 2.5, "sharpe": 1.1, "expected_maximum_sharpe": 0.9, "deflated_sharpe": 0.58,
                    "probability_of_overfitting": 0.44},
}  # fmt: skip
HEAT: Final = {
    "objective": "sharpe", "across": {"name": "fast", "values": [5, 10]}, "down": {"name": "slow", "values": [50, 100]},
    "fixed": {}, "chosen": [1, 1], "cells": [[1.4, 0.2], [None, 1.1]],
}  # fmt: skip


RECORD: Final = {
    "n": 431, "years": 10.0, "horizon_bars": 5, "win_rate": 0.52, "win_rate_low": 0.47, "win_rate_high": 0.57,
    "mean_return": 0.003, "worst": -0.12, "base_rate": 0.002, "q_value": 0.81, "validated": False, "dates": 381, "group": "*",
}  # fmt: skip
ABOUT: Final = {"rule": "golden_cross", "params": {"fast": 50, "slow": 200}, "direction": "up", "level": "all", "group": "*"}
QUALITY: Final[dict[str, Any]] = {
    "records": 3, "tried": 252, "validated": 1, "as_of": 1_617_220_800_000, "cost_bps": 10.0,
    "listed": [
        {**ABOUT, "level": "instrument", "group": "AAPL", "quality": {**RECORD, "group": "AAPL", "validated": True}},
        {**ABOUT, "quality": RECORD},
    ],
}  # fmt: skip
FOUND: Final = {
    "signal": "gap then golden_cross", "n": 61, "horizon_bars": 5, "win_rate": 0.61, "mean_return": 0.012, "base_rate": 0.003,
    "worst": -0.09, "q_value": 0.04,
}  # fmt: skip
DISCOVERY: Final = {"tried": 40, "frequent": 900, "validated": 1, "findings": [FOUND]}
HEAT_FILE: Final = {"name": "heatmap.json", "sha256": "0" * 64, "url": "/v1/research/jobs/run-1/files/heatmap.json"}


class Jobs:
    """Analysis research behind the gateway: one job that runs until it is told to end."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.state, self.kind = "running", "backtest"
        self.result: dict[str, Any] = BACKTEST

    async def install(self, page: Page) -> None:
        await page.route("**/v1/research/backtests", self._request)
        await page.route("**/v1/research/quality", self._request)
        await page.route("**/v1/research/jobs**", self._jobs)
        await page.route("**/v1/research/jobs/**", self._jobs)

    async def _request(self, route: Route) -> None:
        self.posted.append(json.loads(route.request.post_data or "{}"))
        if self.posted[-1].get("stop_loss") == 7:
            detail = {"detail": "stop_loss: 7 is not between 0 and 1", "type": "urn:finstage:problem:invalid-parameter"}
            await route.fulfill(status=422, json={**detail, "field": "stop_loss", "value": "7"})
        else:
            await self._page(route, self.job(), status=202)

    async def _jobs(self, route: Route) -> None:
        path = route.request.url.partition("/v1/research/jobs")[2].partition("?")[0]
        if path.endswith("/trades"):
            trade = {
                "symbol": "AAPL", "side": "long", "entry": "2024-06-03", "exit": "2024-07-01", "bars": 20, "exit_reason": "exit",
                "entry_reason": "golden_cross", "shares": 1.0, "entry_price": 190.0, "exit_price": 199.5, "pnl": 9.5, "cost": 0.2,
                "mae": -0.01, "mfe": 0.06, "return": 0.05,
            }  # fmt: skip
            await self._page(route, trade, {**trade, "entry": "2024-07-05", "exit": "2024-07-20", "return": -0.02})
        elif path.endswith("/equity"):
            days = [f"2024-06-{n:02d}" for n in range(3, 20)]
            point = {"equity": 1000.0, "drawdown": -0.01, "buy_and_hold": 1000.0}
            points = [{"date": f"{day}T20:00:00Z", "session": day, **point} for day in days]
            await self._page(route, *points)
        elif path.endswith("heatmap.json"):
            await route.fulfill(json=HEAT)
        elif route.request.method == "DELETE":
            self.state = "cancelled"
            await self._page(route, self.job())
        else:
            await self._page(route, *([self.job()] if path else [self.job(), self.job(id="run-2")]))

    async def _page(self, route: Route, *results: Any, status: int = 200) -> None:
        await route.fulfill(
            status=status, json={"results": results, "provider": "finstage", "warnings": [], "next_page_token": None}
        )

    def job(self, **changes: Any) -> dict[str, Any]:
        done = self.state == "done"
        known = {
            "id": "run-1", "kind": self.kind, "state": self.state, "ahead": None,
            "progress": {"done": 3, "total": 10, "note": "AAPL"}, "created": "2024-07-01T00:00:00Z", "started": None, "ended": None,
            "error": None, "symbols": ["AAPL"], "timeframe": "1Day", "start": None, "end": None, "tape": "",
            "parameters": {"rule" if self.kind == "quality" else "entry": "golden_cross"}, "result": self.result if done else None,
            "files": [HEAT_FILE] if done else [],
            "data_hash": "d" * 64 if done else None, "code_version": "e" * 16,
        }  # fmt: skip
        return known | changes


@visitors
async def test_records_of_signals_and_data_sets(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/research/records")
    page, say = visited.page, visitor.say
    rows = page.locator("#records tbody tr")
    await expect(rows).to_have_count(6)
    await expect(rows.first).to_contain_text("+1.0%")
    assert not visitor.is_phone or await page.locator("#records .scroll").evaluate(SCROLLED) == 0
    await visitor.press(page.get_by_role("button", name=say("only-validated")))
    await expect(page.locator("#records .empty")).to_have_text(say("no-validated"))
    await visitor.press(page.get_by_role("button", name=say("level-instrument")))
    await expect(rows).to_have_count(1)
    await visitor.press(page.get_by_role("link", name=say("research-datasets")))
    await expect(page.locator("#datasets tbody tr")).to_contain_text("dataset-1")
    await expect(page.locator("#datasets tbody a")).to_have_attribute("href", "/v1/research/datasets/dataset-1/files/manifest.json")
    assert await visitor.fits(visited)
    assert visited.errors == []


@visitors
async def test_a_backtest_from_the_form_to_its_result(browser: Browser, server: RunningGateway, visitor: Visitor) -> None:
    visited = await visitor.open(browser, server, "/#/research/datasets")
    page, say, jobs = visited.page, visitor.say, Jobs()
    await jobs.install(page)
    await visitor.press(page.get_by_role("link", name=say("research-new")))
    await expect(page.get_by_label(say("run-direction"))).to_have_value("long")
    await expect(page.get_by_label(say("run-tape")).locator("option")).to_have_count(5)
    await page.get_by_label(f"{say('run-entry')} {visitor.hint('run-entry')}").fill("golden_cross")
    await page.get_by_label(say("run-symbols")).fill("AAPL, NVDA")
    loss, start = page.get_by_label(say("run-stop-loss")), page.get_by_role("button", name=say("start-run"))
    await loss.fill("700")
    await visitor.press(start)
    await expect(page.locator(".run-form [role=alert]")).to_contain_text(
        visitor.either("stop_loss: 7 is not between 0 and 1", say("problem-field", field=say("run-stop-loss"), value="700%"))
    )
    await expect(loss).to_have_attribute("aria-invalid", "true")
    await keep_picture(page, f"{visitor} form")
    assert await visitor.fits(visited)
    await loss.fill("5")
    await visitor.press(start)
    await expect(page.locator("#job .progress")).to_contain_text("3 / 10 · AAPL")
    assert jobs.posted[-1] == {"entry": "golden_cross", "symbols": ["AAPL", "NVDA"], "stop_loss": 0.05}
    await expect(page).to_have_url(f"{server.url}/#/research/runs/run-1")
    jobs.state = "done"
    await result(page, visitor)
    assert await visitor.fits(visited)
    await keep_picture(page, f"{visitor} backtest")
    await page.set_viewport_size(A4)
    await page.emulate_media(media="print")
    await expect(page.locator(".top")).to_be_hidden()
    for part in ("#figures", "#equity", "#months", "#trades"):
        await expect(page.locator(part)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= A4["width"], "nothing of the report is cut on paper"
    await keep_picture(page, f"{visitor} print")
    await page.emulate_media(media="screen")
    await page.set_viewport_size(visitor.screen)
    await visitor.press(page.get_by_role("link", name=say("run-again")))
    await expect(page.get_by_label(f"{say('run-entry')} {visitor.hint('run-entry')}")).to_have_value("golden_cross")
    await expect(page.get_by_label(say("run-symbols"))).to_have_value("AAPL")
    await visitor.press(page.get_by_role("link", name=say("research-runs"), exact=True))
    await compared(page, visitor)
    assert await visitor.fits(visited)
    assert [error for error in visited.errors if "422" not in error] == []


async def result(page: Page, visitor: Visitor) -> None:
    """The figures, months and trades of a backtest, and its charts."""
    say = visitor.say
    await expect(page.locator("#job h2")).to_have_text(f"{say('kind-backtest')} · {say('rule-golden-cross')}")
    figures = page.locator("#figures tbody tr")
    sharpe = say("from-to", **{"from": "0.26", "to": "1.59"})
    await expect(figures.filter(has_text=say("figure-sharpe"))).to_contain_text(f"0.860.96{sharpe}")
    await expect(figures.filter(has_text=say("figure-total-return"))).to_contain_text("+285.8%+556.1%")
    factor = figures.filter(has_text=say("figure-profit-factor"))
    await expect(factor.locator(".missing")).to_have_attribute("title", say("why-undefined"))
    order = ("total-return", "sharpe", "max-drawdown", "trades", "profit-factor")
    await expect(figures.locator("td:first-child")).to_have_text([say(f"figure-{name}") for name in order])
    await expect(page.locator("#figures footer")).to_have_text(say("with-costs", costs="5 + 5 bp a side"))
    await expect(page.locator("#equity canvas").first).to_be_visible()
    await expect(page.locator("#trades tbody tr")).to_have_count(2)
    await expect(page.locator("#trades canvas").first).to_be_visible()
    await expect(page.locator("#months tbody tr")).to_contain_text("+1.0%–\u22122.0%")
    await expect(page.locator("#trades tbody tr").first).to_contain_text(say("exit-by-exit"))


async def compared(page: Page, visitor: Visitor) -> None:
    """Two runs of the list beside each other."""
    say = visitor.say
    await expect(page.locator("#runs tbody tr").first).to_contain_text(f"{say('rule-golden-cross')}AAPL")
    for n in (0, 1):
        await visitor.press(page.get_by_label(f"{say('compare-runs')}: {say('rule-golden-cross')}").nth(n))
    await visitor.press(page.get_by_role("button", name=say("compare-chosen")))
    await expect(page.locator("#comparison thead th")).to_have_count(3)
    await expect(page.locator("#comparison canvas").first).to_be_visible()
    await expect(page.locator("#comparison tbody tr", has_text=say("figure-sharpe"))).to_contain_text("0.860.86")
    await keep_picture(page, f"{visitor} comparison")


@visitors
async def test_a_run_is_shared_by_its_address_and_its_files_are_downloaded(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    visited = await visitor.open(browser, server, "/#/research/runs")
    row = visited.page.locator("#runs tbody tr", has_text=visitor.say("rule-golden-cross"))
    await expect(row).to_contain_text(visitor.say("job-done"))
    await visitor.press(row.get_by_role("link"))
    await expect(visited.page.locator("#trades tbody tr")).to_have_count(3)
    await expect(visited.page).to_have_url(f"{server.url}/#/research/runs/backtest-1")
    shared = await visitor.open(browser, server, "/#/research/runs/backtest-1")
    await expect(shared.page.locator("#trades tbody tr")).to_have_count(3)
    async with shared.page.expect_download() as download:
        await visitor.press(shared.page.locator("#job").get_by_role("link", name="trades.json"))
    trades = json.loads(await asyncio.to_thread((await (await download.value).path()).read_text))
    assert [trade["shares"] for trade in trades] == [1.0, 2.0, 3.0]
    assert await visitor.fits(shared)
    assert shared.errors == visited.errors == []


@visitors
async def test_a_run_is_cancelled_and_a_grid_says_what_its_choice_is_worth(
    browser: Browser, server: RunningGateway, visitor: Visitor
) -> None:
    visited = await visitor.open(browser, server, "/#/research/datasets")
    page, say, jobs = visited.page, visitor.say, Jobs()
    await jobs.install(page)
    await page.goto(f"{server.url}/#/research/runs%2Frun-1")
    await visitor.press(page.get_by_role("button", name=say("cancel")))
    await expect(page.locator("#job .progress")).to_contain_text(say("job-cancelled"))
    jobs.state, jobs.kind, jobs.result = "done", "grid", GRID
    await page.reload()
    chosen, peak = say("heat-chosen"), say("heat-peak")
    await expect(page.locator(".heat tbody td")).to_have_text(["–", f"1.1 ({chosen})", f"1.4 ({peak})", "0.2"])
    await expect(page.locator(".heat .plateau")).to_have_count(4)
    await expect(page.locator("#heat .hint")).to_have_text(say("heat-empty", why=say("why-no-set")))
    await expect(page.locator("#chosen")).to_contain_text("fast = 10, slow = 100")
    await expect(page.locator("#chosen tbody tr")).to_contain_text(f"{say('figure-sharpe')}1.10.4\u22120.20.7")
    costs = say("with-cost-terms", commission="5", slippage="2.5", borrow="1.00%")
    await expect(page.locator("#chosen footer")).to_have_text(costs)
    await expect(page.locator("#overfitting li")).to_have_text(
        [
            say("trials-text", trials="4", effective="2.5"),
            say("expected-text", sharpe="1.1", expected="0.9"),
            say("deflated-text", p="58%"),
            say("overfitting-text", p="44%"),
        ]
    )
    assert await visitor.fits(visited)
    await keep_picture(page, f"{visitor} grid")
    await quality(page, jobs, visitor, server.url)
    await discovery(page, jobs, visitor)
    assert await visitor.fits(visited)
    assert visited.errors == []


async def quality(page: Page, jobs: Jobs, visitor: Visitor, url: str) -> None:
    """Records of signals, from the form to the table."""
    say = visitor.say
    jobs.kind, jobs.result = "quality", QUALITY
    await page.goto(f"{url}/#/research/new")
    await visitor.press(page.get_by_role("button", name=say("new-quality")))
    await page.get_by_label(say("run-rule")).select_option(say("rule-golden-cross"))
    await page.get_by_label(say("run-level")).select_option(say("run-level-instrument"))
    await page.get_by_role("combobox", name=say("run-quality-horizon"), exact=True).select_option(say("run-horizon-5"))
    await visitor.press(page.get_by_role("button", name=say("start-run")))
    rows = page.locator("#quality tbody tr")
    await expect(rows).to_have_count(2)
    assert jobs.posted[-1] == {"rule": "golden_cross", "level": "instrument", "horizon": 5}
    await expect(page.locator("#job h2")).to_have_text(f"{say('kind-quality')} · {say('rule-golden-cross')}")
    hint = page.locator("#quality .panel-hint").first
    await expect(hint).to_have_text(say("run-quality-tried", tried="252", validated="1"))
    days = say("record-days", bars=5)
    validated = say("record-validated", years="10", wins="52%", n="431", mean="+0.3%", span=days, worst="\u221212%")
    await expect(rows.first).to_contain_text(validated)
    dates = say("record-days", bars=381)
    await expect(rows.last).to_contain_text(say("record-chance", mean="+0.3%", span=days, base="+0.2%", n="431", dates=dates))
    await expect(page.locator("#quality .hint").last).to_have_text(say("run-more-records", shown="2", n="3"))
    assert not visitor.is_phone or await page.locator("#quality .scroll").evaluate(SCROLLED) == 0
    await keep_picture(page, f"{visitor} quality")
    jobs.result = {**QUALITY, "validated": 0}
    await page.reload()
    await expect(hint).to_contain_text(say("run-quality-none"))


async def discovery(page: Page, jobs: Jobs, visitor: Visitor) -> None:
    """Sequences of signals that stayed better than chance."""
    say = visitor.say
    jobs.kind, jobs.result = "discovery", DISCOVERY
    await page.reload()
    await expect(page.locator("#findings .panel-hint")).to_have_text(say("tried-text", tried="40", frequent="900", validated="1"))
    await expect(page.locator("#findings tbody tr")).to_have_text([f"{FOUND['signal']}61561%+1.2%+0.3%\u22129%0.04"])
    await expect(page.locator("#findings footer")).to_have_text(say("advice"))
    await keep_picture(page, f"{visitor} discovery")
