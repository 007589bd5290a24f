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
record-none = no validated edge (no record yet)
record-none-of = no validated edge (no record of { $timeframe } signals)
record-validated = past { $years } years, out of sample: { $wins } of { $n }, { $mean } in { $span }, worst { $worst }
record-chance = no better than chance so far: { $mean } in { $span }, any day { $base } (n = { $n } on { $dates } days)
record-days =
    { $bars ->
        [one] { $bars } day
       *[other] { $bars } days
    }
record-bars =
    { $bars ->
        [one] { $bars } bar
       *[other] { $bars } bars
    }
record-all = all instruments
record-industry = industry { $group }
record-instrument = { $group } alone
