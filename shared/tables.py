"""The tables. Each has one writing service, named in its comment; others read. Times are milliseconds since the epoch, UTC."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)
from sqlalchemy.dialects.mysql import LONGBLOB, MEDIUMTEXT, VARCHAR
from sqlalchemy.sql.type_api import TypeEngine

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Blob: Final[TypeEngine[bytes]] = LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
Long: Final[TypeEngine[str]] = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")

Cased: Final[TypeEngine[str]] = String(4).with_variant(VARCHAR(4, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")
"""A timeframe: 1m is a minute, 1M a month."""

ChargeId: Final[TypeEngine[str]] = String(128).with_variant(
    VARCHAR(128, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
)
"""Two charges may differ in the case of a letter alone."""


def _symbol(**more: Any) -> Column[str]:
    return Column("symbol", String(32), nullable=False, **more)


def _thread_id(**more: Any) -> Column[int]:
    about = "topic of a Telegram forum; 0: the chat itself"
    return Column("thread_id", BigInteger, nullable=False, default=0, comment=about, **more)


industries: Final = Table(
    "industries",
    metadata,
    Column("industry", String(48), primary_key=True, comment="slug, as in semiconductors"),
    Column("name_en", String(96), nullable=False),
    Column("name_ko", String(96), nullable=False),
    comment="writer: ingest",
)
instruments: Final = Table(
    "instruments",
    metadata,
    _symbol(primary_key=True),
    Column("name_en", String(160), nullable=False),
    Column("name_ko", String(160), nullable=False),
    Column("exchange", String(16), nullable=False, comment="code in shared.calendars.CALENDARS"),
    Column("currency", String(8), nullable=False),
    Column("kind", String(16), nullable=False, comment="index, future, stock, etf, fx or crypto"),
    Column("sector", String(64), nullable=False, default=""),
    Column("aliases", Long, nullable=False, comment="JSON array of names that news use"),
    Column("active", Boolean, nullable=False, default=True),
    Column("negative", Boolean, nullable=False, default=False, server_default=false(), comment="the price may be 0 or below"),
    comment="writer: ingest",
)
instrument_industries: Final = Table(
    "instrument_industries",
    metadata,
    Column("symbol", String(32), ForeignKey("instruments.symbol"), primary_key=True),
    Column("industry", String(48), ForeignKey("industries.industry"), primary_key=True),
    comment="writer: ingest",
)
markets: Final = Table(
    "markets",
    metadata,
    Column("market", String(48), primary_key=True, comment="slug, as in us; none is an industry too"),
    Column("place", Integer, nullable=False, comment="the first one that holds an instrument says its benchmarks"),
    Column("name_en", String(96), nullable=False),
    Column("name_ko", String(96), nullable=False),
    Column("exchanges", String(255), nullable=False, comment="JSON array of codes in shared.calendars.CALENDARS"),
    Column("suffix", String(16), nullable=False, comment="what the symbols end in; empty: any"),
    Column("benchmarks", String(255), nullable=False, comment="JSON array of symbols, the first choice first"),
    comment="writer: ingest",
)
ingest_cursors: Final = Table(
    "ingest_cursors",
    metadata,
    Column("cursor", String(128), primary_key=True, comment="replay:TAPE or history:SYMBOL:TIMEFRAME"),
    Column("position", Long, nullable=False, comment="JSON; how far this source has been published"),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: ingest",
)
sources: Final = Table(
    "sources",
    metadata,
    Column("source", String(24), primary_key=True, comment="yahoo-stream, yahoo-poll or yahoo-history"),
    Column("target", String(255), nullable=False, comment="the host that is asked"),
    Column("state", String(8), nullable=False, comment="idle, ok or failing"),
    Column("reason", String(24), nullable=False, comment="why it fails; empty unless it does"),
    Column("detail", String(255), nullable=False, comment="the error in full"),
    Column("since", BigInteger, comment="when it failed first since it last worked"),
    Column("retry_at", BigInteger, comment="when it is tried again"),
    Column("updated_at", BigInteger, nullable=False, comment="when ingest last reported"),
    comment="writer: ingest",
)
feeds: Final = Table(
    "feeds",
    metadata,
    Column("feed", String(80), primary_key=True, comment="line of the file of feeds, with :SYMBOL for a feed of one instrument"),
    Column("line", String(40), nullable=False),
    Column("publisher", String(64), nullable=False),
    Column("url", String(600), nullable=False),
    Column("language", String(2), nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("state", String(8), nullable=False, comment="new, ok, failing or disabled"),
    Column("reason", String(24), nullable=False, comment="why it fails or is disabled, in one word"),
    Column("detail", String(255), nullable=False, comment="the error in full"),
    Column("etag", String(255), nullable=False, comment="of the document that was published last"),
    Column("modified", String(255), nullable=False, comment="its Last-Modified"),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("last_try", BigInteger),
    Column("last_success", BigInteger),
    Column("last_article", BigInteger, comment="when it last had a new article"),
    Column("next_try", BigInteger, comment="none while it is disabled"),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: ingest",
)
feed_articles: Final = Table(
    "feed_articles",
    metadata,
    Column("article", String(32), primary_key=True, comment="id of the article"),
    Column("content", String(32), primary_key=True, comment="its content, as published"),
    Column("feed", String(80), nullable=False, comment="the feed that had it first"),
    Column("first_at", BigInteger, nullable=False, index=True, comment="when it was received"),
    Column(
        "seen_at", BigInteger, nullable=False, index=True, comment="when a feed last had it, to a day; 30 days later the row goes"
    ),
    comment="writer: ingest. What has been published, so that it is not published again.",
)


bars: Final = Table(
    "bars",
    metadata,
    _symbol(primary_key=True),
    Column("timeframe", Cased, primary_key=True),
    Column("ts_close", BigInteger, primary_key=True, autoincrement=False),
    Column("ts_open", BigInteger, nullable=False),
    Column("session", Integer, nullable=False, comment="yyyymmdd"),
    Column("open", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("close", Double, nullable=False),
    Column("volume", Double, nullable=False),
    Column("price_factor", Double, nullable=False, comment="adjusted price = raw x price_factor"),
    Column("split_factor", Double, nullable=False, comment="adjusted volume = raw / split_factor"),
    Column("source", String(24), nullable=False),
    Column("replayed", Boolean, nullable=False),
    Column(
        "incomplete",
        Boolean,
        nullable=False,
        default=False,
        server_default=false(),
        comment="a bar that lacks a finer one, such as a week of which a session has no bar",
    ),
    comment="writer: analysis live. Raw prices.",
)
signals: Final = Table(
    "signals",
    metadata,
    Column("id", String(32), primary_key=True),
    _symbol(),
    Column("timeframe", Cased, nullable=False),
    Column("rule", String(48), nullable=False),
    Column("direction", String(4), nullable=False),
    Column("ts_event", BigInteger, nullable=False),
    Column("body", Long, nullable=False, comment="the Signal event as JSON"),
    Index("ix_signals_ts_event", "ts_event"),
    Index("ix_signals_symbol_ts_event", "symbol", "ts_event"),
    comment="writer: analysis live",
)
patterns: Final = Table(
    "patterns",
    metadata,
    Column("id", String(32), primary_key=True),
    _symbol(),
    Column("timeframe", Cased, nullable=False),
    Column("pattern", String(48), nullable=False),
    Column("direction", String(6), nullable=False),
    Column("status", String(9), nullable=False, comment="forming, confirmed, failed or target"),
    Column("ts_event", BigInteger, nullable=False, comment="close of the bar of its newest status"),
    Column("body", Long, nullable=False, comment="the newest Pattern event as JSON"),
    Index("ix_patterns_ts_event", "ts_event"),
    Index("ix_patterns_symbol_ts_event", "symbol", "ts_event"),
    comment="writer: analysis live",
)
sequences: Final = Table(
    "sequences",
    metadata,
    Column("sequence_id", String(32), primary_key=True, comment="SignalSequence.id"),
    Column("sequence_text", Long, nullable=False, comment="SignalSequence.text: the normal form"),
    Column("scope", String(8), nullable=False, comment="all, symbols or industry"),
    Column("targets", Long, nullable=False, comment="JSON array of symbols or industries; empty for all"),
    Column("created_at", BigInteger, nullable=False),
    comment="writer: python -m services.analysis.sequences",
)
checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column("partition_no", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False, comment="in market.ticks.v1; compare-and-set on this"),
    Column("state_version", String(64), nullable=False, comment="hash of what shapes the state"),
    Column("state", Blob, nullable=False),
    Column("owner", String(96), nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: analysis live",
)
warm_ups: Final = Table(
    "warm_ups",
    metadata,
    Column("partition_no", Integer, primary_key=True, autoincrement=False),
    Column("indicators", Long, nullable=False, comment="JSON array of their columns"),
    Column("symbols_left", Integer, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: analysis live. A row a partition in which requested indicators are being warmed up",
)
signal_quality: Final = Table(
    "signal_quality",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of the columns up to horizon"),
    Column("rule", String(48), nullable=False),
    Column("params", String(255), nullable=False, comment="parameters_text of them"),
    Column("direction", String(4), nullable=False),
    Column("timeframe", Cased, nullable=False),
    Column("level", String(10), nullable=False, comment="instrument, industry or all"),
    Column("group_name", String(64), nullable=False, comment="symbol or industry; * for all"),
    Column("horizon", Integer, nullable=False, comment="bars"),
    Column("shown", Boolean, nullable=False, comment="of the horizons of one key and group the one that alerts show"),
    Column("validated", Boolean, nullable=False),
    Column("as_of", BigInteger, nullable=False, comment="close of the newest bar that was read"),
    Column("quality", Long, nullable=False, comment="SignalQuality as JSON"),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_signal_quality_rule_id", "rule", "id"),
    Index("ix_signal_quality_shown", "shown"),
    Index("ix_signal_quality_updated_at", "updated_at"),
    comment="writer: analysis research",
)
research_runs: Final = Table(
    "research_runs",
    metadata,
    Column("id", String(64), primary_key=True, comment="chosen by the requester"),
    Column("kind", String(32), nullable=False, comment="backtest, grid, discovery or dataset"),
    Column("request", Long, nullable=False, comment="JSON: the data and the parameters"),
    Column("state", String(9), nullable=False, comment="queued, running, done, failed, refused or cancelled"),
    Column("done", Double, nullable=False, default=0.0, comment="of total"),
    Column("total", Double, nullable=False, default=0.0, comment="0: not known yet"),
    Column("note", String(255), nullable=False, default="", comment="what is being done"),
    Column("requested_by", String(128), nullable=False, comment="API key id, chat or command"),
    Column("tries", Integer, nullable=False, default=0, comment="processes that began it"),
    Column("claim", String(32), nullable=False, default="", comment="of the process that runs it; it alone may finish it"),
    Column("lease_until", BigInteger, nullable=False, default=0, comment="another process may begin it again after this"),
    Column("cancel", Boolean, nullable=False, default=False, comment="it is to stop"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("result", Long, nullable=False, comment="RunRecord as JSON; empty until it is done"),
    Column("error_code", String(24), nullable=False, default="", comment="as ResearchError.code"),
    Column("error", Text, nullable=False, comment="why it failed or was refused"),
    Column("location", Text, nullable=False, comment="folder or URL of its files"),
    Column("data_hash", String(64), nullable=False, default=""),
    Column("parameters_hash", String(64), nullable=False, default=""),
    Column("plan_version", String(64), nullable=False, default=""),
    Column("code_version", String(64), nullable=False, default=""),
    Column("to_report", Boolean, nullable=False, default=False, comment="its outcome is not yet on research.results.v1"),
    Index("ix_research_runs_state_created_at", "state", "created_at"),
    Index("ix_research_runs_requested_by_state", "requested_by", "state"),
    Index("ix_research_runs_to_report", "to_report"),
    comment="writer: analysis research",
)
translations: Final = Table(
    "translations",
    metadata,
    Column("id", String(32), primary_key=True, comment="hash of both languages and the text"),
    Column("translation", Text, nullable=False),
    Column("translator", String(24), nullable=False, comment="local, libretranslate, deepl or papago"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_translations_created_at", "created_at"),
    comment="writer: analysis news. Translated sentences, so that none is paid for twice",
)
translation_usage: Final = Table(
    "translation_usage",
    metadata,
    Column("translator", String(24), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, comment="yyyymmdd, UTC"),
    Column("characters", BigInteger, nullable=False, comment="sent to it, or about to be"),
    comment="writer: analysis news",
)


articles: Final = Table(
    "articles",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("story_id", String(32), nullable=False, index=True),
    Column("ts_event", BigInteger, nullable=False, index=True),
    Column("ts_init", BigInteger, nullable=False, comment="when its newest content was received; an older one changes nothing"),
    Column("body", Long, nullable=False, comment="the Article event as JSON"),
    Column("traits", Long, nullable=False, comment="JSON: what of the title is compared with other titles"),
    Column("signature", Blob, nullable=False, comment="MinHash of the title, 32 uint32"),
    Column("vector", Blob, nullable=False, comment="embedding of the title, 384 float16; empty where there is none"),
    Column("nearest", String(32), nullable=False, comment="the article that brought it into its story; empty for the first"),
    Column("cosine", Double, comment="of the two titles"),
    comment="writer: analysis news",
)
stories: Final = Table(
    "stories",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("language", String(8), nullable=False),
    Column("category", String(16), nullable=False),
    Column("importance", Double, nullable=False),
    Column("search", Long, nullable=False, comment="titles and summary in lower case, NFKC, both languages"),
    Column("body", Long, nullable=False, comment="the newest Story event as JSON"),
    Column("pending", Boolean, nullable=False, index=True, comment="this revision is not yet on news.stories.v1"),
    Column("reaction_due", BigInteger, index=True, comment="event time from which a reaction may be known; null: none is awaited"),
    Column("translation_due", BigInteger, index=True, comment="when to translate it next; null: not"),
    Column("translation_tries", Integer, nullable=False, default=0),
    Index("ix_stories_first_seen_id", "first_seen", "id"),
    comment="writer: analysis news",
)
story_labels: Final = Table(
    "story_labels",
    metadata,
    Column("kind", String(12), primary_key=True, comment="symbol, industry or publisher"),
    Column("name", String(64), primary_key=True),
    Column("first_seen", BigInteger, primary_key=True, autoincrement=False),
    Column("story_id", String(32), primary_key=True, index=True),
    comment="writer: analysis news. What a story can be found by",
)
story_history: Final = Table(
    "story_history",
    metadata,
    Column("kind", String(12), primary_key=True, comment="symbol or industry"),
    Column("name", String(64), primary_key=True),
    Column(
        "known_at",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="from then on the story had the link and the importance",
    ),
    Column("story_id", String(32), primary_key=True, index=True),
    Column("first_seen", BigInteger, nullable=False),
    Column("importance", Double, nullable=False),
    Index("ix_story_history_known_at", "known_at"),
    comment="writer: analysis news. What was known of stories, and when",
)
story_splits: Final = Table(
    "story_splits",
    metadata,
    Column("story_id", String(32), primary_key=True),
    Column("article_id", String(32), primary_key=True),
    Column("requested_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("new_story_id", String(32), nullable=False, default=""),
    Column("error", String(255), nullable=False, default=""),
    comment="writer: analysis news. Articles to take out of a story, by command",
)
news_owner: Final = Table(
    "news_owner",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="1"),
    Column("token", String(32), nullable=False, comment="of the process that alone writes stories; empty: none"),
    Column("lease_until", BigInteger, nullable=False, comment="another process may take over after this"),
    comment="writer: analysis news",
)
chats: Final = Table(
    "chats",
    metadata,
    Column("channel", String(16), primary_key=True, comment="telegram, webhook or console"),
    Column("chat_id", String(255), primary_key=True, comment="Telegram chat id, webhook name, or console"),
    Column("user_id", String(64), nullable=False, default="", comment="who may change its settings"),
    Column("kind", String(16), nullable=False, comment="private, group, webhook or console"),
    Column("language", String(2), nullable=False, default="ko"),
    Column("active", Boolean, nullable=False, default=True),
    Column("watch_all", Boolean, nullable=False, default=False),
    Column("watch_all_thread_id", BigInteger, nullable=False, default=0, comment="topic that gets the signals of all instruments"),
    Column("unvalidated", Boolean, nullable=False, default=False, comment="wants predictions without a validated record too"),
    Column("muted_until", BigInteger, nullable=False, default=0),
    Column("created_at", BigInteger, nullable=False),
    Column("zone", String(64), nullable=False, default="", server_default="", comment="IANA time zone; empty: not chosen"),
    Column("quiet_from", Integer, nullable=False, default=-1, server_default="-1", comment="minute of the day; -1: none"),
    Column("quiet_until", Integer, nullable=False, default=-1, server_default="-1", comment="minute of the day"),
    Column("silent", Boolean, nullable=False, default=False, server_default=false(), comment="alerts make no sound"),
    Column("pace", String(8), nullable=False, default="auto", server_default="auto", comment="each, auto or digest"),
    Column("briefing", Boolean, nullable=False, default=False, server_default=false(), comment="wants briefings"),
    Column("premium_until", BigInteger, nullable=False, default=0, server_default="0"),
    Column("dark", Boolean, nullable=False, default=False, server_default=false(), comment="wants dark pictures"),
    Column("news_from", Double, nullable=False, default=0.0, server_default="0", comment="importance of news alerts; 0: none"),
    Column(
        "blocked_at",
        BigInteger,
        nullable=False,
        default=0,
        server_default="0",
        comment="since when it cannot be reached; 0: it can",
    ),
    Column(
        "timeframes",
        String(64),
        nullable=False,
        default="",
        server_default="",
        comment="of its signals, separated by commas; empty: all",
    ),
    Index("ix_chats_watch_all", "watch_all"),
    Index("ix_chats_premium_until", "premium_until"),
    Index("ix_chats_blocked_at", "blocked_at"),
    comment="writer: notifier",
)
watchlists: Final = Table(
    "watchlists",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    _thread_id(primary_key=True, autoincrement=False),
    _symbol(primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_watchlists_symbol", "symbol"),
    comment="writers: notifier, gateway",
)
watched_industries: Final = Table(
    "watched_industries",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    _thread_id(primary_key=True, autoincrement=False),
    Column("industry", String(48), primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_watched_industries_industry", "industry"),
    comment="writer: notifier",
)
payments: Final = Table(
    "payments",
    metadata,
    Column("charge_id", ChargeId, primary_key=True, comment="Telegram's telegram_payment_charge_id"),
    Column("chat_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("payload", String(128), nullable=False),
    Column("stars", Integer, nullable=False),
    Column("paid_until", BigInteger, nullable=False),
    Column("paid_at", BigInteger, nullable=False),
    Column("refunded_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: not refunded"),
    Column(
        "subscription_id",
        String(128),
        nullable=False,
        default="",
        server_default="",
        comment="charge_id of its first payment; empty: not renewed",
    ),
    Column(
        "cancelled_at",
        BigInteger,
        nullable=False,
        default=0,
        server_default="0",
        comment="when its renewal was cancelled; 0: it is renewed",
    ),
    Index("ix_payments_chat_id", "chat_id"),
    comment="writer: notifier",
)
premium_members: Final = Table(
    "premium_members",
    metadata,
    Column("chat_id", String(64), primary_key=True, comment="the person's private chat"),
    Column("place", String(64), nullable=False, comment="the premium channel"),
    Column("invite_link", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("joined_at", BigInteger, nullable=False, default=0, server_default="0", comment="when admitted; 0: not yet"),
    Column("next_try_at", BigInteger, nullable=False, default=0, server_default="0", comment="of removing the person"),
    comment="writer: notifier",
)
feature_flags: Final = Table(
    "feature_flags",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    comment="writer: notifier. Features of the bot that an operator switched; the others are on",
)
bot_updates: Final = Table(
    "bot_updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Long, nullable=False, comment="the update as JSON; empty once it is handled"),
    Column("received_at", BigInteger, nullable=False),
    Column("handled_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: not yet"),
    Index("ix_bot_updates_handled_at", "handled_at", "received_at"),
    comment="writer: notifier. Updates of the webhook, each handled once",
)
bot_positions: Final = Table(
    "bot_positions",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
    comment="writer: notifier. How far lists of Telegram are read",
)
notices: Final = Table(
    "notices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False, comment="broadcast or briefing"),
    Column("audience", String(64), nullable=False, comment="whom it is for, as in daily:ko"),
    Column("body", Long, nullable=False, comment="JSON: text by language"),
    Column("state", String(9), nullable=False, comment="draft, sending, sent or cancelled"),
    Column("position", String(255), nullable=False, default="", server_default="", comment="the last chat that has its delivery"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_notices_state", "state"),
    comment="writer: notifier",
)
alert_rules: Final = Table(
    "alert_rules",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    Column("rule", String(48), primary_key=True, comment="a rule type; no rows for a chat means all types"),
    Column("wanted", Boolean, nullable=False),
    comment="writers: notifier, gateway",
)
conditions: Final = Table(
    "conditions",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="what the chat calls it"),
    _thread_id(),
    Column("condition_id", String(32), nullable=False, comment="Condition.id: the same for all who ask the same"),
    Column("condition_text", Long, nullable=False, comment="Condition.text: the normal form"),
    Column("timeframe", Cased, nullable=False),
    Column("frequency", String(24), nullable=False, comment="once_per_bar_close, once_per_bar (forming bars too), or once"),
    Column("scope", String(8), nullable=False, comment="symbols, industry or watched"),
    Column("targets", Long, nullable=False, comment="JSON array of symbols or industries; empty for watched"),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("extra", Long, nullable=False, comment="JSON array of a column of each indicator that runs for it alone"),
    Column("created_at", BigInteger, nullable=False),
    Column("cooldown", BigInteger, nullable=False, default=0, server_default="0", comment="milliseconds between two alerts"),
    Column("expires_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: never"),
    Column("last_fired_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: never"),
    Column(
        "stopped",
        String(16),
        nullable=False,
        default="",
        server_default="",
        comment="why not enabled: paused, fired or flood",
    ),
    Column(
        "recent",
        String(255),
        nullable=False,
        default="",
        server_default="",
        comment="JSON array: times of its last alerts, for the stop of a flood",
    ),
    Index("ix_conditions_condition_id", "condition_id"),
    comment="writers: notifier, gateway",
)
dialogs: Final = Table(
    "dialogs",
    metadata,
    Column("chat_id", String(64), primary_key=True, comment="Telegram chat id"),
    Column("user_id", String(64), primary_key=True),
    _thread_id(primary_key=True, autoincrement=False),
    Column("state", String(64), nullable=False, comment="what the bot expects; empty: nothing"),
    Column("data", Long, nullable=False, comment="JSON object; empty: none"),
    Column("updated_at", BigInteger, nullable=False),
    comment="writer: notifier",
)
deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("signal_id", String(32), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("chat_id", String(255), primary_key=True),
    _thread_id(primary_key=True, autoincrement=False),
    Column("status", String(8), nullable=False, comment="pending, sending, sent, unknown, failed, expired or muted"),
    Column("tries", Integer, nullable=False, default=0),
    Column("unknowns", Integer, nullable=False, default=0, comment="tries that were written but never answered"),
    Column("next_try_at", BigInteger, nullable=False, default=0),
    Column("message_id", String(64), nullable=False, default=""),
    Column("error", String(255), nullable=False, default=""),
    Column("body", Long, nullable=False, comment="the Signal event as JSON"),
    Column("traceparent", String(64), nullable=False, default=""),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("to_report", Boolean, nullable=False, default=False, comment="its outcome is not yet on notify.deliveries.v1"),
    Column(
        "kind",
        String(8),
        nullable=False,
        default="signal",
        server_default="signal",
        comment="signal, notice, story, or edit of a story's message",
    ),
    Column("paced", Boolean, nullable=False, default=True, server_default=true(), comment="counts for the pace of its chat"),
    Index("ix_deliveries_channel_chat_id_updated_at", "channel", "chat_id", "updated_at"),
    Index("ix_deliveries_status_next_try_at", "status", "next_try_at"),
    Index("ix_deliveries_to_report", "to_report"),
    comment="writer: notifier",
)


api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True, comment="second part of the key; the same after a rotation"),
    Column("secret_hash", String(64), nullable=False, comment="SHA-256 of the third part, 256 random bits"),
    Column("previous_hash", String(64), nullable=False, default="", comment="the secret before the last rotation"),
    Column("previous_until", BigInteger, nullable=False, default=0, comment="until when that one is still taken"),
    Column("name", String(64), nullable=False, comment="what it is for"),
    Column("owner", String(64), nullable=False, comment="whose watchlist and alerts it reads and writes while no chat is linked"),
    Column("scopes", String(64), nullable=False, comment="of read, write, research, admin; separated by commas"),
    Column("rate_limit", String(32), nullable=False, default="", comment="as in 100/second; empty: the setting"),
    Column("max_streams", Integer, comment="null: the setting"),
    Column("max_selectors", Integer, comment="null: the setting"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, comment="null: never"),
    Column("revoked_at", BigInteger, comment="null: valid"),
    comment="writer: gateway",
)
link_codes: Final = Table(
    "link_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True, comment="SHA-256"),
    Column("key_id", String(16), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    comment="writer: gateway",
)
key_chats: Final = Table(
    "key_chats",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("chat_id", String(255), nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True, comment="the code that linked it: each works once"),
    Column("created_at", BigInteger, nullable=False),
    comment="writer: notifier. The chat whose watchlist and alerts a key reads and writes",
)
audit_log: Final = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False, comment="key id, or command"),
    Column("address", String(64), nullable=False, comment="client address; empty for the command line"),
    Column("action", String(32), nullable=False, comment="as in key.create"),
    Column("target", String(255), nullable=False),
    Column("detail", Long, nullable=False, comment="JSON; no secret"),
    Index("ix_audit_log_at", "at"),
    comment="writer: gateway",
)
idempotency_keys: Final = Table(
    "idempotency_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("idempotency_key", String(64), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Long, nullable=False, comment="the answer that was sent, and is sent again"),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
    comment="writer: gateway",
)
