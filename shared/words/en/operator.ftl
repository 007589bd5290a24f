# For the operator.
stats = <b>Statistics</b> (last hour)
not-listed = This bot answers only in chats that its operator allowed.
broadcast-help = <code>/broadcast TEXT</code> (up to { $most } characters). You see it before it is sent.
broadcast-preview = <b>Preview</b> (it will be sent to all chats)
broadcast-send = 📣 Send
broadcast-cancel = ✖️ Cancel
broadcast-status = 🔄 Status
broadcast-begun = It is being sent.
broadcast-not-draft = It has been sent or cancelled already.
broadcast-cancelled = Cancelled. Not sent: { $count }.
broadcast-counts = Status: { $counts }
stats-hours = Outcomes by hour:
feature-off = This is switched off at the moment. Please try again later.
flags = <b>Features</b>: press one to switch it.
flags-unknown = There is no feature '{ $name }'. <code>/flags NAME on|off</code>, with: { $known }
notice-clean-up = 🧹 Chats deleted: { $count }. They blocked the bot over { $days ->
    [one] { $days } day
   *[other] { $days } days
    } ago.
stats-chats = chats
stats-private = private
stats-group = group
stats-channel = channel
stats-active = active
stats-off = off
stats-alerts = alerts
stats-watched = watched
stats-deliveries = deliveries
