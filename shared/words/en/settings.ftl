# Screens of the settings.
settings =
    <b>Settings</b>
    Language: English · Time zone: { $zone }
    Alerts: { $muted }
    Quiet hours: { $quiet } · Silent: { $silent }
    Pace: { $pace } · News alerts: { $news }
    Briefings: { $briefings } · Dark pictures: { $dark }
    Timeframes: { $timeframes }
    Predictions without a validated record: { $unproven }
    Bars still forming: { $provisional }
settings-help =
    <code>/settings unproven on|off</code>: whether you get predictions without a validated record too. Events (price moves, new highs and the like) always come.
    <code>/settings provisional on|off</code>: whether you get signals on bars that are still forming too.
    <code>/settings zone London</code>: your time zone
    <code>/settings quiet 22:00-07:00</code>: quiet hours (<code>off</code> ends them)
    <code>/settings pace auto|each|digest</code>: how alerts come
    <code>/settings silent on|off</code>: alerts without a sound
    <code>/settings news off|0.3 to 1.0</code>: news about what you watch, from this importance on
    <code>/settings briefings daily|weekly|both|off</code>: briefings at the close; <code>/settings briefings us</code>: of this market
    <code>/settings dark on|off</code>: dark pictures
    <code>/settings timeframes 1h 1d|all</code>: the timeframes of your signals
    <code>/settings industries semiconductors</code>: industries that you watch
settings-unknown = '{ $value }' is not possible here.
settings-open-language = 🌐 Language
settings-open-zone = 🕒 Time zone
settings-open-quiet = 🌙 Quiet hours
settings-open-pace = 📦 Pace
settings-open-news = 📰 News alerts
settings-open-timeframes = ⏱ Timeframes
settings-open-mute = 🔕 Mute
settings-open-industries = 🏭 Industries
settings-open-rules = 🔔 Kinds of signals
settings-rules = Which signals? ✅ yes, ☑️ only while the record is validated, ▫️ no. All of them as a list: /rules
settings-rules-usual = As at the beginning
settings-open-briefings = 📊 Briefings
settings-briefings =
    Briefings: { $briefings }
    They come after the close of a market: daily, and weekly after the last session of the week. Of which markets?
settings-briefings-off = off
settings-briefings-daily = daily
settings-briefings-weekly = weekly
settings-briefings-both = daily and weekly
settings-briefings-own = Those of what I watch
settings-switch-silent = Silent: { $on }
settings-switch-dark = Dark pictures: { $on }
settings-switch-unproven = Unproven predictions: { $on }
settings-switch-provisional = Bars still forming: { $on }
settings-language = Which language?
settings-zone = Time zone: { $zone }. For another one, write the name of a city.
settings-quiet =
    Quiet hours: { $quiet }
    Alerts of these hours come together when they end. You can write them: <code>22:30-07:00</code>
settings-pace =
    Pace: { $pace }
    Automatic sends the first few alerts one by one, and more of them together.
settings-pace-auto = automatic
settings-pace-each = one by one
settings-pace-digest = always together
settings-news =
    News alerts: { $news }
    News about your instruments and industries is sent from this importance on. You can write it ({ $least } to 1.0): <code>0.6</code>
settings-timeframes =
    Signals on: { $timeframes }
    You can write them: <code>1h 1d</code>. Your own alerts come on their own timeframe.
settings-timeframes-all = all timeframes
settings-industries = Invest only in what you know. Industries that you watch: { $count }
mute-1h = 1 hour
mute-8h = 8 hours
mute-tomorrow = Until tomorrow
mute-off = 🔔 On
language-name = English
back = « Back
next = Next »
done = Done ✓
list-industries = <b>Industries: { $count }</b>

# The first steps.
setup-language = Which language?
setup-zone = Where are you? Times and quiet hours depend on it. If it is not listed, write the name of a city.
setup-instruments =
    Write the <b>instruments</b> that you watch: by name, ticker, or Korean initial consonants.
    For example <code>Apple</code>, <code>AAPL</code>, <code>삼성전자</code>
setup-done = All is set. Signals will come here. For all commands: /help
setup-sample = This is how an alert looks:
menu-setup = First steps
