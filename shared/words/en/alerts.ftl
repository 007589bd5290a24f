# Lines of an alert, on every channel.

alert-price = Price
alert-level-price = Level
alert-level-value = Level
alert-level-volume = Volume level
alert-bar = Bar
alert-record = Record
alert-replayed = Replayed data (past prices, not live)
alert-provisional = Provisional (the bar is still forming)
alert-repeat = May be a repeat
alert-advice = Not investment advice
alert-mute = 🔕 Mute 1 hour
alert-settings = ⚙️ Settings

# The record of a rule.
record-all = all instruments
record-industry = industry { $group }
record-instrument = { $group } alone

# Digests.
digest =
    { $count ->
        [one] 📦 <b>{ $count } signal</b>
       *[other] 📦 <b>{ $count } signals</b>
    } · { $instruments ->
        [one] { $instruments } instrument
       *[other] { $instruments } instruments
    }
digest-why-many = They come together, because there were many in a short time.
digest-why-chosen = They come together, as you chose.
story-digest =
    { $count ->
        [one] 📰 <b>{ $count } story</b>
       *[other] 📰 <b>{ $count } stories</b>
    }
story-facts =
    { $publishers ->
        [one] { $publishers } publisher
       *[other] { $publishers } publishers
    } · importance { $importance }
story-language = { $code ->
    [en] in English
    [ko] in Korean
   *[other] in another language
    }
digest-more = … and { $count } more
digest-signals = 📋 Latest signals

# Why an alert came.
alert-why = ❓ Why did I get this?
alert-show-record = 📊 Show its record
alert-page = 🔗 Open the chart
why-unknown = This signal is not stored any more.
why-reason = Reason: { $reason }
why-condition = your own alert
why-watched = you watch it
why-industry = you watch the industry { $names }
why-all = you get everything
why-no-more = you do not watch it now
why-sort = Sort: { $sort }
why-sort-condition = a condition of your own is always sent
why-sort-chosen = a signal that you switched on ({ $rule })
why-sort-event = an event is always sent
why-sort-validated = a prediction with a validated record
why-sort-unproven = you chose predictions without a validated record too
why-values = Values of the bar that fired:
record-after = mean after the signal
record-any-day = any day
why-before = the bar before: { $value }
value-target = price target
value-invalidation = price that makes it invalid
value-quality = score of the shape (0 to 1)
value-volume-ratio = volume ratio
