# Replies of the bot. Values are escaped for HTML.

start =
    This is the <b>Finstage alert bot</b>. It tells you when a technical signal fires on what you watch.
    Choose a language; setting up takes less than a minute. Help: /help
help =
    <b>Commands</b>
    <b>Prices and analysis</b>
    /price NAME - latest price
    /analyze NAME - trend, indicators, signals with records (<code>/analyze AAPL</code>)
    /chart NAME [TIMEFRAME] - chart (<code>/chart AAPL 1h</code>)
    /compare NAME, NAME - two instruments
    /industry [NAME] - industries and markets (<code>/industry semiconductors</code>); /top - those that move most
    /brief [MARKET] [weekly] - briefing (<code>/brief us weekly</code>)
    /signals [NAME] - latest signals
    /news [NAME] - latest news, of an instrument or industry too (<code>/news semiconductors</code>)
    /news alerts 0.5 - alerts on news about what you watch, from this importance on (<code>off</code>: none)
    /backtest NAME CONDITION - what trading on it would have made (<code>/backtest AAPL rsi_14 &lt; 30</code>)
    /quality RULE [NAME] - what followed past signals (<code>/quality golden_cross AAPL</code>)

    <b>What you get</b>
    /watch NAME … - watch instruments or an industry (<code>/watch all</code>: everything); /unwatch, /list
    /rules - kinds of signals (<code>/rules off rsi_mid</code>)

    <b>Your alerts</b>
    /build - make one by buttons
    /alert CONDITION - <code>/alert AAPL above 200</code>, <code>/alert AAPL +5%</code>, <code>/alert rsi_14 &lt; 30 on 1d for AAPL</code>
    /alerts - list and change them; /unalert NUMBER removes one
    /explain CONDITION - what a condition means, and when it was true last

    <b>Settings</b>
    /settings - language, time zone, quiet hours, pace · /setup - first steps
    /mute 1h - mute alerts for a while (30m, 2d, tomorrow; <code>/mute off</code> ends it)
    /lang ko - 한국어 · /status - status · /privacy - privacy · /link CODE - an API key
    Instruments are found by symbol (AAPL), Korean or English name, alias, or Korean initial consonants.
unknown-command = There is no /{ $name }. See /help for the commands.
meant-command = There is no /{ $name }. Did you mean /{ $near }?
not-command = What are you looking for? For a price: <code>/price { $text }</code>; for the commands: /help.
which = Please name an instrument, for example <code>/{ $name } AAPL</code>
no-such = I know no instrument '{ $asked }'.
did-you-mean = Did you mean { $names }?
no-price = No price has come in yet.
last-bar = Last close
quote = Price
change = Change
day = Day
year = 52 weeks
at = As of
watched = Watching: { $names }
watched-all = You will get the signals of every instrument. <code>/unwatch all</code> ends that.
full = A watchlist holds at most { $most } instruments.
unwatched = No longer watching: { $names }
unwatched-all = Your watchlist is empty now.
list = <b>Watched: { $count }</b>
list-all = You get the signals of every instrument.
list-empty = Your watchlist is empty. Add to it with <code>/watch AAPL</code>.
signals = <b>Latest signals</b>
signals-none = No signals yet.
news = <b>Latest news</b>
news-about = <b>Latest news: { $name }</b>
news-none = No news yet.
industries = <b>Industries and markets</b> (median move of the members)
industries-none = No industry has prices yet.
industry-help = More: <code>/industry semiconductors</code>
industry-list = See /industry for the list.
no-such-industry = I know no industry '{ $asked }'.
median = Median move
breadth = { $up } up · { $down } down · { $still } unchanged · { $missing } not traded today
above-sma = Above SMA { $n }: { $share } of { $of }
leaders = Leaders
laggards = Laggards
strongest-industry = Strongest in the industry (63 sessions)
strongest-market = Strongest against the index (63 sessions)
signals-today = Signals today: ▲{ $up } ▼{ $down } ({ $rules })
muted = Alerts are muted until { $until }.
unmuted = Alerts are on again.
mute-help = For how long? For example <code>/mute 1h</code>, <code>/mute 2d</code>, <code>/mute off</code>
language = I speak English now.
language-help = <code>/lang ko</code> or <code>/lang en</code>
rules =
    <b>Signals you get</b> (✅ yes, ☑️ only while the record is validated, ▫️ no)
    <code>/rules on|off NAME …</code>, <code>/rules on|off all</code>
quality-help = Please name a rule, for example <code>/quality golden_cross AAPL</code>. See /rules
quality-none = No record has been computed yet.
quality-more = and { $count } more
quality-how = Returns from the next open (▼: short), after costs. Any day: the mean of all days of the same instruments.
rules-unknown = Unknown rules: { $names }. See /rules
on = on
off = off
stopped = not sent; /start sends them again
muted-until = muted until { $until }
status =
    <b>Status</b>
    Watched: { $count }
    Alerts: { $muted }
    Last 24 hours: { $deliveries }
    Time: { $now }
all = everything
none = none
not-allowed = Only administrators, or whoever added the bot, may change this group's settings.
slow-down = Too many commands. Please try again in a moment.
trouble = That does not work right now. Please try again in a moment.
alert-help =
    Which condition? For example:
    <code>/alert rsi_14 &lt; 30 and close &gt; sma_200 on 1d for AAPL, MSFT</code>
    <code>/alert crosses_above(close, sma_200) for industry:semiconductors</code>
    Without for, it is for what you watch. With once_per_bar in front, forming bars count too.
    Columns: sma_50, ema_26, rsi_14, macd, bb_upper_20, atr_14, volume_sma_20 … of the bar: open high low close volume; close[5] is five bars ago, rsi_14[1h] is on 1h; or in words: price crosses above the 200 day moving average
alert-more = How to write one: /alert
explain-help = Which condition? For example <code>/explain rsi_14 &lt; 30 and close &gt; sma_200</code>
explain-times = { $name }: last true { $times } · on { $held } of { $bars } bars since { $since }
explain-never = { $name }: never true on { $bars } bars since { $since }
explain-unknown = { $name }: not known yet (no bars are stored)
explain-unavailable = The past cannot be looked at now. Please try again in a moment.
explain-unsupported = This condition cannot be evaluated over the past yet.
alert-unparsed = The condition could not be read. Please try a shorter one.
alert-set = Your alert is set: it is sent { $frequency ->
    [once] once, when the condition is true for the first time.
    [once_per_bar] at most once a bar, on forming bars too.
   *[other] at the close of every bar on which the condition is true.
    }
alert-same = You have this alert already.
alert-watching-none = Your watchlist is empty, so it cannot fire: /watch an instrument, or name instruments after for.
alert-full = A chat may have { $most } alerts. Remove one with /unalert.
alert-extra = A chat's alerts may use 10 indicators beyond the standard ones.
alert-busy = No further indicators or conditions can be accepted now. Use standard ones, such as sma_50 or rsi_14.
alerts = <b>Your alerts: { $count }</b>
alerts-none = You have no alerts. How to make one: /alert
alerts-remove = To remove one: <code>/unalert NUMBER</code> or <code>/unalert all</code>
alert-watched = what you watch
alert-industry = industry { $name }
alert-at-close = at the bar's close
alert-forming = on forming bars too
alert-warming-up = warming up (its indicators are reading past bars)
no-industry = I know no industry '{ $asked }'. There are: { $names }
unalert-help = Which number? See /alerts
unalert-none = You have no alert with that number. See /alerts
unalerted = The alert is removed.
topic-gone = 📌 The topic of this alert accepts no messages any more, so it is sent here.
replayed = ⏪ Replayed data (past prices, not live)
advice = <i>Not investment advice</i>

# The menu of commands: at most 256 characters each.
menu-price = Latest price
menu-watch = Watch instruments
menu-unwatch = Stop watching
menu-list = What you watch
menu-signals = Latest signals
menu-news = Latest news
menu-alert = Make an alert
menu-alerts = Your alerts
menu-unalert = Remove an alert
menu-explain = What a condition means
menu-industry = Industries and markets
menu-quality = What followed past signals
menu-rules = Kinds of signals
menu-mute = Mute for a while
menu-settings = Settings
menu-lang = 언어 · Language
menu-status = Status
menu-help = Help

# Buttons of an older message, or that someone else made up.
old-button = This button is from an older message. Please send the command again.
link-help =
    Links a key of the API to this chat: <code>/link CODE</code>. POST /v1/keys/self/link answers with a code.
    The API then shares the watchlist and the alerts of this chat. <code>/link off</code> ends it.
linked = The API key '{ $name }' is linked to this chat: they share the watchlist and the alerts.
link-refused = This code is wrong, has expired or was used already. Please get a new one.
unlinked = The API keys of this chat are no longer linked.
link-none = No API key is linked to this chat.

# Inline mode: what is sent to a chat, and what its button opens.
inline-more = 📈 More in the bot
inline-watch = ➕ Watch
inline-analyze = 🔎 Analysis
status-pending = waiting
status-sending = on the way
status-sent = sent
status-unknown = not confirmed
status-failed = failed
status-expired = too old
status-muted = muted
chart-timeframe = There are no '{ $asked }' bars. There are: { $known }
chart-empty = No { $timeframe } bars are stored yet.
setup-watched = You watch: { $names }
quality-condition = No record is kept of conditions that people write. /backtest and /explain look at the past.
