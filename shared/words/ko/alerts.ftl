# Lines of an alert, on every channel.

alert-price = 가격
alert-level-price = 기준가
alert-level-value = 기준값
alert-level-volume = 기준 거래량
alert-bar = 봉
alert-record = 기록
alert-replayed = 재생 데이터 (과거 시세, 실시간 아님)
alert-provisional = 잠정 (봉이 아직 닫히지 않음)
alert-repeat = 반복된 알림일 수 있음
alert-advice = 투자 조언이 아닙니다
alert-mute = 🔕 1시간 끄기
alert-settings = ⚙️ 설정

# The record of a rule.
record-none = 검증된 우위 없음 (기록 없음)
record-none-of = 검증된 우위 없음 ({ $timeframe } 신호의 기록 없음)
record-validated = 지난 { $years }년 표본 외: { $n }회 중 { $wins } 적중, { $span } 평균 { $mean }, 최악 { $worst }
record-chance = 아직 우연보다 낫지 않음: { $span } 평균 { $mean }, 아무 날이나 { $base } (n = { $n }, { $dates }일)
record-days = { $bars }일
record-bars = { $bars }봉
record-all = 모든 종목
record-industry = 업종 { $group }
record-instrument = 이 종목 { $group }
