# Premium: a subscription paid in Telegram Stars.
menu-premium = Premium
premium-title = Finstage Premium
premium-description = Signals and alerts on intraday timeframes, more alerts, backtests and comparisons. Renewed every 30 days until you cancel.
premium-what =
    <b>Finstage Premium</b> · { $stars } ⭐ for 30 days
    • signals, charts and alerts on 1m to 4h bars
    • { $most } alerts of your own instead of { $free }
    • /backtest and /compare
    Free: everything on daily and longer bars, price alerts on every timeframe, news, briefings, /analyze, /quality.
premium-with-channel = Included: the premium channel.
premium-none = You do not have it now.
premium-operator = As an operator you may use everything.
premium-renews = You have it. It is renewed on { $until }.
premium-ends = You have it until { $until }; it is not renewed.
premium-more = Questions about a payment: /paysupport · Terms: /terms
premium-open = ⭐ Premium
premium-buy = ⭐ Subscribe: { $stars } stars for 30 days
premium-cancel = Cancel the renewal
premium-resume = Renew again
premium-channel-open = 📣 Premium channel
premium-join = Ask to join
premium-invited = Press the button and ask to join: you are admitted at once. The link is yours alone.
premium-channel-need = The premium channel is for people with premium.
premium-no-channel = There is no premium channel.
premium-need = See /premium for what it has and what it costs.
premium-timeframe = Repeated alerts on bars shorter than a day need premium. Alerts on daily bars and on a price are free.
premium-conditions = You have all { $free } alerts that are free. Premium has { $most }; or remove one with /unalert.
premium-signals = Signals on bars shorter than a day need premium: see /premium.
premium-chart = Charts of bars shorter than a day need premium. Daily charts are free.
premium-backtest = Backtests need premium.
premium-compare = Comparing instruments needs premium. /analyze is free.
premium-off = Nothing is sold here: everything is free.
premium-private = Please send /premium to me in a private chat: premium belongs to a person.
premium-unavailable = Telegram does not answer now. Nothing was paid. Please try again in a moment.
premium-unchanged = There is nothing to change: see /premium.
premium-cancelled = The renewal is cancelled. Premium stays until the end of what you paid.
premium-resumed = It can be renewed again. Telegram asks you under Settings, My Stars.
premium-paid = Thank you! { $stars } ⭐ received. You have premium until { $until }.
premium-refunded = { $stars } ⭐ were given back, and what they paid for has ended.
premium-ended = ⭐ Your premium has ended. Alerts on bars shorter than a day rest until you have it again: /premium
checkout-unknown = This invoice is not valid. Please send /premium again.
checkout-other = This invoice is for another person. Please send /premium yourself.
checkout-old = This invoice is too old. Please send /premium again.
checkout-price = The price has changed. Please send /premium again.
checkout-owned = You have premium already, and it is renewed.
paysupport =
    <b>Payments</b>
    Please write to { $support } and name the day of the payment. A payment that did not give you what it should is given back.
    Telegram's support cannot help with purchases from this bot.
paysupport-operator = the operator of this bot
terms =
    <b>Terms</b>
    1. The bot reports what it computed from market data. It is not investment advice, and data can be late or wrong.
    2. Premium is paid in Telegram Stars for 30 days and renewed until you cancel: under /premium or in Telegram's settings, My Stars.
    3. After a cancellation premium stays until the end of what is paid.
    4. If something you paid for does not work, write to us by /paysupport; payments are given back in stars.
    5. What is stored about you, and how to delete it: /privacy
terms-free =
    <b>Terms</b>
    The bot reports what it computed from market data. It is not investment advice, and data can be late or wrong. It is free.
    What is stored about you, and how to delete it: /privacy
forget-premium = Your subscription could not be ended at Telegram just now, so nothing was deleted. Please try again in a moment.
payments-totals = <b>Payments</b> (30 days): { $payments } · { $stars } ⭐ · refunds { $refunds } · chats with premium now { $premium }
payments-granted = granted
payments-refunded = refunded
payments-ended = ended
payments-cancelled = not renewed
payments-alive = in force
payments-help = <code>/payments CHAT</code>, <code>/refund CHARGE</code>, <code>/grant CHAT DAYS</code>
refund-unknown = There is no payment '{ $charge }', or its person was deleted. See /payments
refund-failed = Not finished: { $reason }. Sending the command again goes on where it stopped.
refund-done = { $stars } ⭐ were given back to { $chat }; its premium from that payment has ended.
grant-help = <code>/grant CHAT DAYS</code>: premium without a payment, 1 to { $most } days
grant-done = { $chat } has premium for { $days ->
    [one] { $days } day
   *[other] { $days } days
    }. To take it back: <code>/refund { $charge }</code>
