# Alerts of one's own, and how they are made step by step.
menu-build = Make an alert by buttons
build-instrument = Which instrument? For another one, write its name or ticker.
build-watchlist = everything I watch
build-kind = <b>{ $name }</b>: which alert?
build-value = <b>{ $name }</b> · { $kind }: choose a value, or write a number.
build-positive = '{ $value }' cannot be used: write a number above 0.
build-up-to = '{ $value }' cannot be used: write a number above 0 and at most { $most }.
build-whole = '{ $value }' cannot be used: write a whole number from 2 to { $most }.
build-above = price above a value
build-below = price below a value
build-up = up by % in a day
build-down = down by % in a day
build-rsi-low = RSI oversold
build-rsi-high = RSI overbought
build-average-up = crosses above an average
build-average-down = crosses below an average
build-volume = volume surge (times)
alerts-build = ➕ Make one by buttons
alerts-change = ⚙️ Change
alerts-pause = ⏸ Pause
alerts-resume = ▶️ Resume
alerts-edit = ✏️ Edit
alerts-delete = 🗑 Delete
alerts-undo = ↩️ Undo
alerts-none-chosen = none
alerts-edit-how = Write the new condition, for example <code>rsi_14 &lt; 25 on 1d for AAPL</code>
alerts-help =
    <code>/alerts 3 pause</code>, <code>resume</code>, <code>edit CONDITION</code>
    <code>/alerts 3 frequency once</code> (once_per_bar_close, once_per_bar)
    <code>/alerts 3 cooldown 4h</code>, <code>/alerts 3 expires 7d</code> (<code>off</code>: none)
alerts-frequency-once-per-bar-close = at each close
alerts-frequency-once-per-bar = once a bar (forming too)
alerts-frequency-once = only once
alerts-cooldown =
    { $hours ->
        [one] At least { NUMBER($hours, maximumFractionDigits: 1) } hour between two alerts
       *[other] At least { NUMBER($hours, maximumFractionDigits: 1) } hours between two alerts
    }
alerts-expires = Ends: { $at }
alerts-fired = Last alert: { $at }
alerts-stopped-paused = ⏸ Paused
alerts-stopped-fired = ✅ It fired once and is done
alerts-stopped-expired = 📅 It has ended
alerts-stopped-flood = ⛔ It fired too often and stopped itself
notice-topic = 📌 A topic of your group (number { $thread }) accepts no messages any more. Its alerts are now sent to the group itself. To choose another topic, send /watch there.
notice-flood = ⛔ Your alert #{ $number } fired over { $most } times in 3 minutes and stopped itself. <code>/alerts { $number } resume</code> starts it again.
alerts-span-1h = 1 hour
alerts-span-4h = 4 hours
alerts-span-24h = 24 hours
alerts-span-1d = 1 day
alerts-span-7d = 7 days
alerts-span-30d = 30 days
notice-topic-group = 📌 A topic of this group (number { $thread }) accepts no messages any more. Its alerts are now sent here. To choose another topic, an administrator sends /watch there.
notice-topic-lost = 📌 An alert for your group could not be sent: its topic and General are both closed. Open one of them, or send /watch in a topic that is open.
