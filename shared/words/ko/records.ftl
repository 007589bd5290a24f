# The record of a rule, in alerts and on the page.
record-none = 검증된 우위 없음 (기록 없음)
record-none-of = 검증된 우위 없음 ({ $timeframe } 신호의 기록 없음)
record-validated = 지난 { $years }년 표본 외: { $n }회 중 { $wins } 적중, { $span } 평균 { $mean }, 최악 { $worst }
record-chance = 아직 우연보다 낫지 않음: { $span } 평균 { $mean }, 아무 날이나 { $base } (n = { $n }, { $dates })
record-days = { $bars }일
record-bars = { $bars }봉
