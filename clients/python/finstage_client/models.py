"""The objects of the API, as its document has them. Written by `python -m infra.clients`: do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Alert(TypedDict):
    """An alert on a condition."""

    condition: str
    created: str
    enabled: bool
    frequency: Literal["once", "once_per_bar", "once_per_bar_close"]
    id: str
    number: int
    scope: Literal["industry", "symbols", "watched"]
    stopped: Literal["", "expired", "fired", "flood", "paused"]
    targets: list[str]
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]


class AlertChange(TypedDict):
    """Whether an alert is sent."""

    enabled: bool


class AlertRequest(TypedDict):
    """A condition to be alerted on. Without ``symbols`` and ``industry`` it is about the watchlist."""

    condition: str
    frequency: NotRequired[Literal["once", "once_per_bar", "once_per_bar_close"]]
    industry: NotRequired[str | None]
    symbols: NotRequired[list[str]]


class AuditRecord(TypedDict):
    """An entry of the audit log."""

    action: str
    actor: str
    address: str
    date: str
    detail: str
    id: int
    target: str


class BacktestRequest(TypedDict):
    """An entry, an exit, orders, sizes and costs; docs/research.md explains each."""

    account: NotRequired[Literal["separate", "shared"]]
    borrow: NotRequired[float]
    both_hit: NotRequired[Literal["stop", "target"]]
    cash: NotRequired[float]
    commission_bp: NotRequired[float]
    direction: NotRequired[Literal["both", "long", "short"]]
    end: NotRequired[str | None]
    entry: str
    exit: NotRequired[str]
    leverage: NotRequired[float]
    max_positions: NotRequired[int | None]
    page: NotRequired[bool]
    prices: NotRequired[Literal["adjusted", "raw"]]
    shares: NotRequired[Literal["fractional", "whole"]]
    size: NotRequired[Literal["amount", "fraction", "inverse_volatility", "risk", "volatility"]]
    size_value: NotRequired[float | None]
    slippage_bp: NotRequired[float]
    start: NotRequired[str | None]
    stop_loss: NotRequired[float | None]
    symbols: NotRequired[list[str]]
    take_profit: NotRequired[float | None]
    tape: NotRequired[str]
    time_exit: NotRequired[int | None]
    timeframe: NotRequired[Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]]
    trailing: NotRequired[float | None]
    window: NotRequired[int]


class Bar(TypedDict):
    """A closed bar."""

    close: float
    date: str
    high: float
    incomplete: NotRequired[bool]
    low: float
    open: float
    open_date: str
    replayed: NotRequired[bool]
    session: str | None
    volume: float


class BriefingGroup(TypedDict):
    """A market or an industry: how many of its members rose and fell."""

    advances: int
    declines: int
    laggards: list[BriefingMove]
    leaders: list[BriefingMove]
    median_move: float | None
    missing: int
    name: str
    slug: str
    unchanged: int


class BriefingMove(TypedDict):
    """What an instrument did."""

    close: float
    move: float | None
    name: str
    symbol: str


class BriefingReaction(TypedDict):
    """What an instrument did after a story."""

    day: float | None
    hour: float | None
    name: str
    symbol: str


class BriefingStory(TypedDict):
    """A story of the period."""

    id: str
    importance: float
    publishers: int
    reactions: list[BriefingReaction]
    title: str
    url: str


class BriefingView(TypedDict):
    """What a market did in a session or a week. Moves are fractions: 0.05 is 5 %. Null where a value is unknown."""

    breadth: BriefingGroup
    date: str | None
    holidays: list[Holiday]
    id: str
    indices: list[BriefingMove]
    industries: list[BriefingGroup]
    kind: Literal["daily", "weekly"]
    language: str
    market: str
    market_name: str
    newest_signals: list[FiredSignal]
    outcomes: SignalOutcomes
    picture: str | None
    replayed: bool
    sessions: list[NextSession]
    signals: int
    since: str
    stories: list[BriefingStory]
    text: str
    until: str


class CalendarDay(TypedDict):
    """A day on which an exchange trades, or a weekday on which it does not."""

    close: str | None
    date: str
    exchange: str
    kind: Literal["holiday", "session"]
    open: str | None


class CheckRequest(TypedDict):
    """A text that may be a condition."""

    condition: str


class CheckedCondition(TypedDict):
    """A text that was read."""

    columns: list[str]
    condition: str | None
    errors: list[ConditionFault]
    fields: list[str]
    id: str | None
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"] | None
    valid: bool


class ChosenRule(TypedDict):
    """A choice that was made about a rule."""

    rule: str
    wanted: bool


class Comovement(TypedDict):
    """Beta and correlation of daily moves with the benchmark's over the last 63 and 126 sessions; null where unknown."""

    beta_126: float | None
    beta_63: float | None
    correlation_126: float | None
    correlation_63: float | None


class ConditionFault(TypedDict):
    """Why a text is no condition."""

    caret: str
    code: str
    message: str
    position: int
    values: dict[str, str]


class CorporateAction(TypedDict):
    """A split or a dividend, as the factors of the daily bars say: a value is rounded to six decimals."""

    date: str
    kind: Literal["dividend", "split"]
    replayed: bool
    session: str | None
    value: float


class Dataset(TypedDict):
    """Features and labels of some instruments. ``manifest.json`` among its files describes every column."""

    code_version: str
    content_hash: str
    data_hash: str
    date: str
    features: list[str]
    files: list[DatasetFile]
    first: str
    id: str
    instruments: int
    labels: list[str]
    last: str
    name: str
    parts: dict[str, int]
    rows: int
    timeframe: str


class DatasetFile(TypedDict):
    """A file of a data set."""

    bytes: NotRequired[int | None]
    name: str
    sha256: str
    url: str


class DatasetRequest(TypedDict):
    """Features and labels by name, and how bars are split."""

    embargo: NotRequired[int | None]
    end: NotRequired[str | None]
    features: NotRequired[list[str]]
    labels: NotRequired[list[str]]
    scaling: NotRequired[Literal["robust", "standard"]]
    start: NotRequired[str | None]
    symbols: NotRequired[list[str]]
    tape: NotRequired[str]
    timeframe: NotRequired[Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]]
    train: NotRequired[float]
    validation: NotRequired[float]


class DeliveryView(TypedDict):
    """What became of an alert."""

    created: str
    direction: Literal["down", "up"]
    error: str
    rule: str
    signal_id: str
    status: Literal["expired", "failed", "muted", "pending", "sending", "sent", "unknown"]
    symbol: str
    tries: int
    updated: str


class DiscoveryRequest(TypedDict):
    """How candidates are made and how many are judged; docs/research.md explains the method."""

    cost_bps: NotRequired[float]
    end: NotRequired[str | None]
    horizon: NotRequired[int]
    index: NotRequired[str]
    least: NotRequired[int]
    most: NotRequired[int]
    share: NotRequired[float]
    size: NotRequired[int]
    start: NotRequired[str | None]
    symbols: NotRequired[list[str]]
    tape: NotRequired[str]
    timeframe: NotRequired[Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]]
    within: NotRequired[int]


class EquityPoint(TypedDict):
    """The account of a backtest at the close of a bar."""

    buy_and_hold: float | None
    cash: float | None
    date: str
    drawdown: float | None
    equity: float | None
    invested: float | None
    session: str | None


class ExplainRequest(TypedDict):
    """A condition, and the instruments on whose stored bars it is evaluated."""

    condition: str
    language: NotRequired[Literal["en", "ko"] | None]
    limit: NotRequired[int]
    symbols: NotRequired[list[str]]


class Explanation(TypedDict):
    """A condition in words, and where it last held."""

    condition: str
    history: list[HeldTimes] | None
    history_code: str | None
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]
    words: dict[str, str]


class Feed(TypedDict):
    """A news feed, and whether it can be read."""

    articles_day: int
    detail: str
    failures: int
    feed: str
    interval_seconds: int
    language: str
    last_article: str | None
    last_success: str | None
    last_try: str | None
    next_try: str | None
    publisher: str
    reason: str
    replayed: bool
    state: Literal["disabled", "failing", "new", "ok", "unknown"]
    url: str


class FiredSignal(TypedDict):
    """A signal of the period."""

    date: str
    direction: str
    id: str
    name: str
    record: str
    rule: str
    symbol: str
    timeframe: str
    validated: bool


class GridRequest(TypedDict):
    """Each instrument is traded with an equal part of the money that never leaves it, at adjusted prices."""

    blocks: NotRequired[int]
    borrow: NotRequired[float]
    both_hit: NotRequired[Literal["stop", "target"]]
    commission_bp: NotRequired[float]
    constraints: NotRequired[list[str]]
    direction: NotRequired[Literal["both", "long", "short"]]
    earlier_trials: NotRequired[int]
    embargo: NotRequired[int | None]
    end: NotRequired[str | None]
    entry: str
    exit: NotRequired[str]
    folds: NotRequired[int]
    holding: NotRequired[int | None]
    minimum_trades: NotRequired[int]
    objective: NotRequired[Literal["calmar", "sharpe", "sortino", "total_return"]]
    radius: NotRequired[int]
    ranges: NotRequired[dict[str, str | list[float]]]
    slippage_bp: NotRequired[float]
    split: NotRequired[Literal["anchored", "combinatorial", "rolling"]]
    start: NotRequired[str | None]
    stop_loss: NotRequired[float | None]
    symbols: NotRequired[list[str]]
    take_profit: NotRequired[float | None]
    tape: NotRequired[str]
    test: NotRequired[float]
    tested: NotRequired[int]
    time_exit: NotRequired[int | None]
    timeframe: NotRequired[Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]]
    trailing: NotRequired[float | None]
    window: NotRequired[int]


class HeldTimes(TypedDict):
    """Where a condition held on the stored bars of an instrument."""

    bars: int
    dates: list[str]
    first_bar: str | None
    held: int
    last_bar: str | None
    symbol: str
    unknown: int


class HistoryRequest(TypedDict):
    """A condition, and the instruments on whose stored bars it is evaluated."""

    condition: str
    limit: NotRequired[int]
    symbols: list[str]


class Holiday(TypedDict):
    """A coming weekday without a session."""

    date: str | None
    exchanges: list[str]


class Indicators(TypedDict):
    """All indicators at the close of one bar, on adjusted prices; null where not warmed up."""

    close: float
    date: str
    replayed: NotRequired[bool]
    values: dict[str, float | None]


class Industry(TypedDict):
    """A named group of instruments."""

    industry: str
    instruments: int
    kind: NotRequired[Literal["industry", "market"]]
    name: str
    name_ko: str
    view: NotRequired[View | None]


class IndustryWithMembers(TypedDict):
    """An industry or a market with its members."""

    industry: str
    instruments: int
    kind: NotRequired[Literal["industry", "market"]]
    members: list[Member]
    name: str
    name_ko: str
    view: NotRequired[View | None]


class Instrument(TypedDict):
    """An instrument."""

    active: bool
    currency: str
    exchange: str
    industries: list[str]
    kind: str
    name: str
    name_ko: str
    sector: str
    symbol: str


class Job(TypedDict):
    """A job with its result."""

    ahead: int | None
    code_version: str | None
    created: str
    data_hash: str | None
    end: str | None
    ended: str | None
    error: JobError | None
    files: list[JobFile]
    id: str
    kind: str
    parameters: dict[str, Any]
    progress: JobProgress
    result: dict[str, Any] | None
    start: str | None
    started: str | None
    state: Literal["cancelled", "done", "failed", "queued", "refused", "requested", "running"]
    symbols: list[str]
    tape: str
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]


class JobError(TypedDict):
    """Why a job has no result."""

    code: str
    field: NotRequired[str]
    message: str
    reason: NotRequired[str]
    values: NotRequired[dict[str, str]]


class JobFile(TypedDict):
    """A file of a run."""

    name: str
    sha256: str
    url: str


class JobProgress(TypedDict):
    """How far a run is."""

    done: float
    note: str
    total: float | None


class JobSummary(TypedDict):
    """A job with its request, without its result."""

    ahead: int | None
    created: str
    end: str | None
    ended: str | None
    error: JobError | None
    id: str
    kind: str
    parameters: dict[str, Any]
    progress: JobProgress
    start: str | None
    started: str | None
    state: Literal["cancelled", "done", "failed", "queued", "refused", "requested", "running"]
    symbols: list[str]
    tape: str
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]


class KeyRequest(TypedDict):
    """A key to create."""

    expires_days: NotRequired[int | None]
    max_selectors: NotRequired[int | None]
    max_streams: NotRequired[int | None]
    name: str
    owner: str
    rate_limit: NotRequired[str | None]
    scopes: list[Literal["admin", "read", "research", "write"]]


class KeyView(TypedDict):
    """A key, without its secret."""

    created: str
    expires: str | None
    id: str
    linked: bool
    max_selectors: int | None
    max_streams: int | None
    name: str
    owner: str
    rate_limit: str | None
    revoked: str | None
    scopes: list[Literal["admin", "read", "research", "write"]]


class Line(TypedDict):
    """A straight line: ``price`` at the bar of the first pivot, ``slope`` more with each bar."""

    price: float
    slope: float


class LinkCode(TypedDict):
    """A code that links the key to a chat."""

    code: str
    expires: str


class Member(TypedDict):
    """One member of an industry or a market."""

    above_sma_200: bool | None
    above_sma_50: bool | None
    against_industry: Strength
    against_market: Strength
    benchmark: str | None
    last_price: float | None
    move: float | None
    session: str | None
    symbol: str
    with_market: Comovement


class Mover(TypedDict):
    """One of the members with the largest or smallest move."""

    last_price: float
    move: float
    symbol: str


class NewKey(TypedDict):
    """A key with its secret, which is shown this once."""

    created: str
    expires: str | None
    id: str
    key: str
    linked: bool
    max_selectors: int | None
    max_streams: int | None
    name: str
    owner: str
    rate_limit: str | None
    revoked: str | None
    scopes: list[Literal["admin", "read", "research", "write"]]


class NewsArticle(TypedDict):
    """One article of a story."""

    id: str
    language: str
    published: str | None
    publisher: str
    seen: str
    title: str
    url: str


class NewsLink(TypedDict):
    """An instrument, an industry or the category of a story, and why."""

    found: str
    name: str
    reason: str


class NewsReaction(TypedDict):
    """What a linked instrument did since the story was first seen, as fractions; null until it is known."""

    day: float | None
    day_industry: float | None
    hour: float | None
    hour_industry: float | None
    price: float | None
    symbol: str


class NewsStory(TypedDict):
    """A story: articles of one or more publishers about one event."""

    article_count: int
    category: NewsLink
    date: str
    id: str
    importance: float
    industries: list[NewsLink]
    instruments: list[NewsLink]
    language: str
    publishers: list[str]
    reactions: list[NewsReaction]
    replayed: bool
    revision: int
    source: str
    summary: list[str]
    summary_ko: list[str] | None
    symbols: list[str]
    title: str
    title_ko: str | None
    translated: bool
    translator: str
    updated: str
    url: str


class NewsStoryWithArticles(TypedDict):
    """A story with its articles."""

    article_count: int
    articles: list[NewsArticle]
    category: NewsLink
    date: str
    id: str
    importance: float
    industries: list[NewsLink]
    instruments: list[NewsLink]
    language: str
    publishers: list[str]
    reactions: list[NewsReaction]
    replayed: bool
    revision: int
    source: str
    split_from: str | None
    summary: list[str]
    summary_ko: list[str] | None
    symbols: list[str]
    title: str
    title_ko: str | None
    translated: bool
    translator: str
    updated: str
    url: str


class NextSession(TypedDict):
    """The next session of exchanges that trade at the same hours."""

    close: str
    date: str | None
    early: bool
    exchanges: list[str]
    open: str


class AlertPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Alert]
    warnings: list[str]


class AuditRecordPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[AuditRecord]
    warnings: list[str]


class BarPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Bar]
    warnings: list[str]


class BriefingViewPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[BriefingView]
    warnings: list[str]


class CalendarDayPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[CalendarDay]
    warnings: list[str]


class CheckedConditionPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[CheckedCondition]
    warnings: list[str]


class ChosenRulePage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[ChosenRule]
    warnings: list[str]


class CorporateActionPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[CorporateAction]
    warnings: list[str]


class DatasetPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Dataset]
    warnings: list[str]


class DeliveryViewPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[DeliveryView]
    warnings: list[str]


class EquityPointPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[EquityPoint]
    warnings: list[str]


class ExplanationPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Explanation]
    warnings: list[str]


class FeedPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Feed]
    warnings: list[str]


class HeldTimesPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[HeldTimes]
    warnings: list[str]


class IndicatorsPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Indicators]
    warnings: list[str]


class IndustryWithMembersPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[IndustryWithMembers]
    warnings: list[str]


class IndustryPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Industry]
    warnings: list[str]


class InstrumentPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Instrument]
    warnings: list[str]


class JobSummaryPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[JobSummary]
    warnings: list[str]


class JobPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Job]
    warnings: list[str]


class KeyViewPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[KeyView]
    warnings: list[str]


class LinkCodePage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[LinkCode]
    warnings: list[str]


class NewKeyPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[NewKey]
    warnings: list[str]


class NewsStoryWithArticlesPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[NewsStoryWithArticles]
    warnings: list[str]


class NewsStoryPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[NewsStory]
    warnings: list[str]


class PatternPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Pattern]
    warnings: list[str]


class QualityRecordPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[QualityRecord]
    warnings: list[str]


class QuotePage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Quote]
    warnings: list[str]


class ScreenResultPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[ScreenResult]
    warnings: list[str]


class SignalPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Signal]
    warnings: list[str]


class SnapshotPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Snapshot]
    warnings: list[str]


class StatusPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Status]
    warnings: list[str]


class TradePage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Trade]
    warnings: list[str]


class TradingPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Trading]
    warnings: list[str]


class WatchedPage(TypedDict):
    """The envelope of every answer."""

    next_page_token: str | None
    provider: str | None
    results: list[Watched]
    warnings: list[str]


class Pattern(TypedDict):
    """A chart pattern at its newest status."""

    date: str
    direction: Literal["down", "either", "up"]
    id: str
    invalidation: float | None
    level: float | None
    lower: Line | None
    pattern: str
    pivots: list[Pivot]
    price: float
    quality: float
    reason: str
    replayed: bool
    source: str
    status: Literal["confirmed", "failed", "forming", "target"]
    symbol: str
    target: float | None
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]
    upper: Line | None
    volume_ratio: float | None


class Pivot(TypedDict):
    """A pivot of a pattern."""

    bars: int
    date: str
    kind: Literal["high", "low"]
    price: float


class Problem(TypedDict):
    """The body of every error, as ``application/problem+json`` (RFC 9457)."""

    caret: NotRequired[str]
    code: NotRequired[str]
    detail: str
    field: NotRequired[str]
    help: str
    instance: str
    position: NotRequired[int | None]
    status: int
    title: str
    type: str
    value: NotRequired[str]
    values: NotRequired[dict[str, str]]


class QualityRecord(TypedDict):
    """What followed past signals of one rule in one direction; docs/research.md has the formulas."""

    as_of: str
    direction: Literal["down", "up"]
    id: str
    params: dict[str, float]
    quality: SignalQuality
    rule: str
    shown: bool
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]


class QualityRequest(TypedDict):
    """Which records are given. All of them are computed and corrected for together, whichever are asked for."""

    cost_bps: NotRequired[float]
    end: NotRequired[str | None]
    horizon: NotRequired[Literal[0, 1, 5, 20]]
    level: NotRequired[Literal["all", "industry", "instrument"] | None]
    rule: NotRequired[str]
    start: NotRequired[str | None]
    symbols: NotRequired[list[str]]
    tape: NotRequired[str]
    timeframe: NotRequired[Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]]


class Quote(TypedDict):
    """The latest price of an instrument. ``change_percent`` is a fraction: 0.05 is 5 %. Null where a value is unknown."""

    change: float | None
    change_percent: float | None
    date: str
    high: float | None
    last_price: float
    low: float | None
    open: float | None
    prev_close: float | None
    replayed: bool
    session: str | None
    source: str
    symbol: str
    volume: float | None
    year_high: float | None
    year_low: float | None


class RotateRequest(TypedDict):
    """How a secret is replaced."""

    keep_seconds: NotRequired[int]


class RuleCount(TypedDict):
    """How often a rule fired on the members today."""

    down: int
    rule: str
    up: int


class RuleRequest(TypedDict):
    """Whether signals of a rule are wanted."""

    wanted: bool


class ScreenRequest(TypedDict):
    """Which instruments, and what of them."""

    columns: NotRequired[list[str]]
    condition: str
    industry: NotRequired[str | None]
    limit: NotRequired[int]
    order: NotRequired[Literal["asc", "desc"]]
    sort: NotRequired[str | None]


class ScreenResult(TypedDict):
    """The instruments for which a condition is true."""

    condition: str
    evaluated: int
    matched: int
    rows: list[ScreenedInstrument]
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]
    unknown: int


class ScreenedInstrument(TypedDict):
    """An instrument for which the condition is true."""

    date: str
    name: str
    name_ko: str
    symbol: str
    values: dict[str, float | None]


class ServiceState(TypedDict):
    """Whether a service runs, and how far behind it is. Null where a value is unknown."""

    checked: str | None
    name: Literal["analysis-industries", "analysis-live", "analysis-news", "analysis-research", "gateway", "ingest", "notifier"]
    processes: int | None
    state: Literal["not_seen", "running", "silent", "stopped", "unknown"]
    waiting: int | None


class Signal(TypedDict):
    """A rule fired on a closed bar."""

    date: str
    direction: Literal["down", "up"]
    evidence: dict[str, float | None]
    id: str
    level: float | None
    params: dict[str, float]
    price: float
    provisional: bool
    quality: SignalQuality | None
    replayed: bool
    rule: str
    rule_version: int
    sequence: str
    source: str
    symbol: str
    timeframe: Literal["15Min", "1Day", "1Hour", "1Min", "1Month", "1Week", "30Min", "4Hour", "5Min"]


class SignalOutcome(TypedDict):
    """What became of a signal."""

    date: str
    direction: str
    id: str
    move: float
    name: str
    rule: str
    symbol: str


class SignalOutcomes(TypedDict):
    """What became of the signals of the seven days before the period."""

    favourable: int
    known: int
    mean_move: float | None
    newest: list[SignalOutcome]
    signals: int


class SignalQuality(TypedDict):
    """What followed past signals, out of sample, with every field. docs/research.md has the formulas; shares, not per cent."""

    adverse: NotRequired[float | None]
    as_of: NotRequired[int]
    base_rate: float
    dates: NotRequired[int]
    effective_n: NotRequired[int]
    group: NotRequired[str]
    horizon_bars: int
    last_year_mean: NotRequired[float | None]
    last_year_n: NotRequired[int]
    level: NotRequired[Literal["all", "industry", "instrument"]]
    mean_high: NotRequired[float | None]
    mean_low: NotRequired[float | None]
    mean_return: float
    n: int
    q_value: float
    tried: NotRequired[int]
    validated: bool
    win_rate: float
    win_rate_high: float
    win_rate_low: float
    worst: float
    worst_adverse: NotRequired[float | None]
    years: float


class Snapshot(TypedDict):
    """Everything that a page shows of one instrument."""

    bars: list[Bar]
    indicators: Indicators | None
    instrument: Instrument | None
    patterns: list[Pattern]
    quote: Quote | None
    signals: list[Signal]


class SourceHealth(TypedDict):
    """Whether a source of prices can be read."""

    detail: str
    reason: str
    reported: str
    retry_at: str | None
    since: str | None
    source: str
    state: Literal["failing", "idle", "ok", "unknown"]
    target: str


class Status(TypedDict):
    """Whether prices arrive and are processed. Null where a value is unknown."""

    analysis_heard: str | None
    dead_letters: dict[str, int] | None
    quarantined: int | None
    services: list[ServiceState]
    silent: bool | None
    sources: list[SourceHealth]
    ticks_grew: str | None
    waiting: int | None


class Strength(TypedDict):
    """Relative strength over the last 20, 63 and 126 sessions: (1 + own return) / (1 + return of the others) - 1."""

    over_126: float | None
    over_20: float | None
    over_63: float | None


Trade = TypedDict(
    "Trade",
    {
        "bars": "int",
        "cost": "float",
        "entry": "str",
        "entry_date": "str",
        "entry_price": "float",
        "entry_reason": "str",
        "exit": "str",
        "exit_date": "str",
        "exit_price": "float",
        "exit_reason": "str",
        "exit_shares": "float",
        "mae": "float",
        "mfe": "float",
        "pnl": "float",
        "return": "float",
        "shares": "float",
        "side": "str",
        "symbol": "str",
    },
)


class Trading(TypedDict):
    """Whether an instrument can be traded, by the calendar of its exchange and the prices that are known."""

    close: str | None
    date: str
    exchange: str
    open: str | None
    price_date: str | None
    reason: Literal["", "closed", "inactive", "index", "no-calendar", "no-price"]
    session: str | None
    state: Literal["closed", "open", "unknown"]
    symbol: str
    tradable: bool | None


class View(TypedDict):
    """Breadth and moves of an industry or a market. Fractions: 0.05 is 5 %. Null where a value is unknown."""

    above_sma_200: float | None
    above_sma_50: float | None
    advances: int
    date: str
    declines: int
    laggards: list[Mover]
    leaders: list[Mover]
    median_move: float | None
    missing: int
    replayed: bool
    session: str | None
    signals_by_rule: list[RuleCount]
    signals_down: int
    signals_up: int
    sma_200_of: int
    sma_50_of: int
    source: str
    unchanged: int


class Watched(TypedDict):
    """An instrument of the watchlist."""

    added: str
    symbol: str


class WatchlistRequest(TypedDict):
    """The whole watchlist."""

    symbols: list[str]
