# /analyze, /compare, /top.
menu-top = Industries that move most
menu-analyze = Analyse an instrument
menu-chart = Chart
menu-compare = Compare two instruments
menu-privacy = Privacy
analyze-span-5 = week { $change }
analyze-span-21 = month { $change }
analyze-span-63 = quarter { $change }
analyze-span-252 = year { $change }
analyze-trend-up = Trend: up (close &gt; 50-day &gt; 200-day average)
analyze-trend-down = Trend: down (close &lt; 50-day &lt; 200-day average)
analyze-trend-mixed = Trend: mixed
analyze-rsi-high = RSI(14) { $value }: overbought
analyze-rsi-low = RSI(14) { $value }: oversold
analyze-rsi-middle = RSI(14) { $value }: neutral
analyze-range = { $high } from the 52-week high, { $low } from the low
analyze-volume = Volume: { $ratio } x its 20-day mean
analyze-pattern-forming = Forming: { $name }, breaks out at { $level }
analyze-pattern-confirmed = Confirmed: { $name }, broke out at { $level }
analyze-industry = Industry { $name }: { $move }
compare-help = Please name two instruments, for example <code>/compare AAPL, MSFT</code>
compare-volatility = Volatility (year): { $both }
compare-correlation = Correlation: { $value } (common days: { $days })
compare-unknown = Too few bars are stored for a comparison.
top-best = <b>Industries that rose most</b>
top-worst = <b>Industries that fell most</b>

# Privacy.
privacy =
    <b>Privacy</b>
    Stored are: the ids of this chat and of who set it up, settings, watched instruments and industries, alerts, a record of sent alerts, and payments.
    They are used to send alerts, for nothing else. What you write is not stored.
    /export: a copy of everything · /forget: delete everything
privacy-export = 📤 My data
privacy-forget = 🗑 Delete everything
privacy-forget-sure = Settings, watched instruments, alerts and their records will be deleted for good. Delete them?
privacy-forget-yes = Yes, delete everything
privacy-forgotten = All data of this chat is deleted. To begin again: /start

# Briefings.
menu-brief = Briefing of a market
brief-daily = { $market }: { $day }
brief-weekly = { $market }: the week to { $day }
brief-industries = <b>Industries</b>
brief-watched = <b>What you watch</b>
brief-signals = <b>Signals: { $count }</b>
brief-outcomes = <b>Signals of the week before: { $count }</b>
brief-outcomes-known = Since the next open: mean { $mean } in the signal's direction, { $favourable } of { $known } above zero
brief-outcomes-missing = { $count } not known
brief-outcomes-unknown = What became of them is not known: no later session is stored.
brief-stories = <b>News</b>
brief-after-hour = 1 hour later { $move }
brief-after-day = 1 day later { $move }
brief-next = <b>Next session</b>
brief-session = { $day } { $hours } ({ $exchanges })
brief-session-early = { $day } { $hours } ({ $exchanges }), early close
brief-holiday = Closed: { $day } ({ $exchanges })
brief-picture-industries = Industries, median move
brief-empty = There is no briefing yet: no session is stored.
brief-no-market = There are no briefings of '{ $asked }'. There are: { $names }
brief-more = 📄 All of it
brief-open-daily = 📊 Of the day
brief-open-weekly = 🗓 Of the week
analyze-pattern-forming-only = Forming: { $name }
analyze-pattern-confirmed-only = Confirmed: { $name }
top-still = No industry rose or fell.
