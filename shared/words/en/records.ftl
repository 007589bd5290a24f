# The record of a rule, in alerts and on the page.
record-none = no validated edge (no record yet)
record-none-of = no validated edge (no record of { $timeframe } signals)
record-validated = past { $years } years, out of sample: { $wins } of { $n }, { $mean } in { $span }, worst { $worst }
record-chance = no better than chance so far: { $mean } in { $span }, any day { $base } (n = { $n } on { $dates })
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
