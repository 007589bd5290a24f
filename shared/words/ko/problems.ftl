# 게이트웨이의 문제: 코드에 따라, 없으면 종류에 따라. 조건의 문제는 conditions.ftl 에 있습니다.

# 실행 양식에 없는 항목의 이름.
field-condition = 조건
field-columns = 열
field-sort = 정렬 기준
field-industry = 산업
field-symbol = 종목
field-frequency = 빈도
field-limit = 행 수
field-language = 언어
field-name = 이름
field-size-value = 크기의 값
field-signal = 신호

# 코드에 따라.
problem-name-near = { $field }: ‘{ $value }’ 없음. 혹시 { $near } 인가요?
problem-name-unknown = { $field }: ‘{ $value }’ 없음. 있는 것: { $known }
problem-symbol-unknown = { $value }: 없는 종목입니다
problem-symbols-or-industry = 종목과 산업 가운데 하나만 지정하세요
problem-parameter-unknown = { $field }: 여기에는 없는 항목입니다. 있는 것: { $known }
problem-field-unknown = { $field }: 여기에는 없는 항목입니다
problem-value-missing = { $field }: 값이 필요합니다
problem-value-kind = { $field }: { $kind ->
    [int] 정수
    [float] 수
    [str] 글
    [bool] 예·아니요
    [array] 목록
    [object] 이름과 값의 목록
    [date] 날짜
   *[other] 다른 종류의 값
} 형식이어야 합니다
problem-value-choice = { $field }: ‘{ $value }’ 값은 고를 수 없습니다
problem-value-date = { $field }: ‘{ $value }’ 값은 날짜가 아닙니다. 예: 2026-07-02
problem-value-form = { $field }: ‘{ $value }’ 값의 형식이 맞지 않습니다
problem-value-wrong = { $field }: ‘{ $value }’ 값은 쓸 수 없습니다
problem-value-least = { $field }: { $bound } 이상이어야 합니다
problem-value-most = { $field }: { $bound } 이하여야 합니다
problem-value-above = { $field }: { $bound }보다 커야 합니다
problem-value-below = { $field }: { $bound }보다 작아야 합니다
problem-text-short = { $field }: { $bound }자 이상이어야 합니다
problem-text-long = { $field }: { $bound }자까지 쓸 수 있습니다
problem-items-few = { $field }: { $bound }개 이상이어야 합니다
problem-items-many = { $field }: { $bound }개까지 쓸 수 있습니다
problem-start-after-end = 첫 거래일 { $value } 이 마지막 거래일 { $end } 보다 늦습니다
problem-newest = { $name ->
    [none] 조건이 최근 두 봉보다 더 이전을 봅니다
   *[other] { $name }: 이 봉 주기에는 값이 없습니다
}
problem-invalid-job = 분석이 계산할 수 없는 요청입니다
problem-invalid-condition = 분석이 읽지 못하는 조건입니다
problem-not-supported = 과거 봉에서는 계산할 수 없는 조건입니다
problem-not-computed = 분석이 계산할 수 없는 열입니다
problem-analysis-absent = 분석이 연결되어 있지 않습니다
problem-analysis-silent = 지금 분석이 답하지 않습니다. 나중에 다시 시도하세요
problem-analysis-busy = 분석이 바쁩니다. 나중에 다시 시도하거나 범위를 줄이세요
problem-no-database = 지금 데이터베이스가 답하지 않습니다. 나중에 다시 시도하세요
problem-jobs-closed = 지금은 실행을 받지 않습니다. 나중에 다시 시도하세요
problem-jobs-many = 대기 중이거나 실행 중인 작업이 너무 많습니다. 끝나기를 기다리거나 하나를 취소하세요
problem-runs-too-often = 실행을 너무 자주 요청했습니다. { $seconds }초 뒤에 다시 시도하세요
problem-job-unknown = { $value }: 없는 실행입니다
problem-job-of-another = 다른 키로 요청한 실행이므로 여기서 취소할 수 없습니다
problem-job-over = 이미 끝난 실행입니다
problem-file-unknown = { $value }: 이 실행에 없는 파일입니다
problem-too-often = 요청이 너무 많습니다. { $seconds }초 뒤에 다시 시도하세요
problem-wrong-keys = 잘못된 키를 너무 많이 보냈습니다. { $seconds }초 뒤에 다시 시도하세요
problem-not-public = 여기서는 읽을 때도 키가 필요합니다. 알림 화면이나 화면 설정에서 입력하세요
problem-key-invalid = 사용할 수 없는 키입니다. 모르는 키이거나 만료 또는 취소되었습니다
problem-key-needed = { $scope } 권한이 있는 키가 필요합니다. 알림 화면에서 입력하세요
problem-key-needed-any = 키가 필요합니다. 알림 화면에서 입력하세요
problem-scope-missing = 이 키에는 { $scope } 권한이 없습니다. 있는 권한: { $has }. 이 권한이 있는 키는 운영자가 만들 수 있습니다
problem-watchlist-full = 관심 종목이 이미 { $most }개로, 더 담을 수 없습니다
problem-alerts-full = 알림이 이미 { $most }개로, 더 만들 수 없습니다
problem-alerts-extra = 알림만을 위해 계산할 지표가 { $most }개를 넘습니다
problem-alerts-busy = 모든 사용자의 알림이 한도에 이르렀습니다
problem-alert-unknown = { $value }번 알림은 없습니다
problem-at-once = 같은 것을 동시에 바꾸는 요청이 있었습니다. 다시 시도하세요
problem-key-reused = 같은 변경을 서로 다르게 두 번 보냈습니다. 다시 시도하세요

# 실행을 거절하는 이유.
problem-value-within = { $field }: { $value }: { $least } 이상 { $most } 이하여야 합니다
problem-value-between = { $field }: { $value }: { $least } 초과 { $most } 이하여야 합니다
problem-value-whole = { $field }: { JOSA($value, "은/는") } 정수가 아닙니다
problem-text-length = { $field }: ‘{ $value }’: 1자 이상 { $most }자 이하여야 합니다
problem-count-most = { $field }: { $count }개는 너무 많습니다. { $most }개까지 쓸 수 있습니다
problem-count-within = { $field }: { $count }개입니다. { $least }개 이상 { $most }개 이하가 필요합니다
problem-numbers-differ = { $field }: 서로 다른 봉 수가 하나 이상 필요합니다
problem-needs-other = { $field }: ‘{ $value }’ 방법에는 다음 가운데 하나의 값이 필요합니다: { $other }
problem-no-exit = { $field }: 포지션을 끝낼 것이 없습니다. 신호를 정하거나 손절, 목표, 시간 청산 가운데 하나를 정하세요
problem-value-and-range = { $field }: 값과 범위를 함께 지정했습니다. 하나만 지정하세요
problem-options-wrong = 요청의 항목들이 서로 맞지 않습니다
problem-request-large = 요청이 너무 큽니다: { $most }바이트까지
problem-signal-unknown = { $field }: ‘{ $value }’: 규칙도 차트 패턴도 조건도 아닙니다
problem-timeframe-unfit = { $field }: { JOSA($name, "은/는") } { $timeframe } 봉에서 쓸 수 없습니다. 쓸 수 있는 봉: { $known }
problem-timeframe-none = { $field }: { $timeframe } 봉에서 쓸 수 있는 규칙이 없습니다
problem-timeframe-other = { $field }: ‘{ $value }’: { $found } 봉인데, 이 실행의 봉은 { $timeframe } 입니다
problem-direction-unfit = { $field }: { $name } 신호에는 { $direction } 방향이 없습니다
problem-parameter-unknown-of = { $field }: { $name } 에는 ‘{ $parameter }’ 파라미터가 없습니다. 있는 것: { $known }
problem-parameter-between = { $field }: { $name }: { $parameter }={ $value }: { $least } 초과 { $most } 이하여야 합니다
problem-parameter-fixed = { $field }: { $name }: { JOSA($parameter, "은/는") } 언제나 { $value } 입니다
problem-parameter-number = { $field }: { $name }: { JOSA($parameter, "은/는") } 수여야 합니다
problem-parameter-twice = { $field }: { $name }: { JOSA($parameter, "을/를") } 두 번 지정했습니다
problem-parameters-form = { $field }: { $name } 의 파라미터는 ({ $known }) 처럼 쓰세요
problem-parameters-unfit = { $field }: 이 파라미터로는 { JOSA($name, "을/를") } 계산할 수 없습니다
problem-sequence = { $field }: ‘{ $value }’ 순서를 { $at }번째 글자부터 읽을 수 없습니다
problem-data-lacks = { $field }: ‘{ $value }’ 에 필요한 { $name } 자료가 없습니다
problem-data-lacks-groups = { $field }: ‘{ $value }’ 에 필요한 산업 또는 상대 강도 자료가 없습니다
problem-no-calendar = { $field }: ‘{ $value }’ 에는 거래 시간이 필요한데 ‘{ $name }’ 거래소의 달력이 없습니다
problem-no-signals = { $field }: 이 봉에는 { $name } 신호가 없거나 과거가 너무 짧습니다
problem-no-bars = 저장된 { $timeframe } 봉이 아직 없습니다
problem-no-bars-of = { $field }: 이 범위에 { $value } 의 { $timeframe } 봉이 없습니다
problem-no-tables = 데이터베이스의 표가 아직 없습니다
problem-symbol-twice = { $field }: 같은 종목을 두 번 지정했습니다
problem-currencies = { $field }: { JOSA($value, "은/는") } { $first }, { JOSA($other_value, "은/는") } { $second } 통화입니다. 한 계좌에는 한 통화만 됩니다. 한 통화의 종목만 지정하거나 계좌를 종목마다 따로 두세요
problem-data-large = { $field }: 자료가 너무 많습니다. 종목을 줄이거나 시작을 늦추세요
problem-package-missing = 분석에 필요한 패키지가 설치되어 있지 않습니다: { $name }
problem-check-slow = 분석이 요청을 { $seconds }초 안에 확인하지 못했습니다. 나중에 다시 시도하세요
problem-check-killed = 분석이 요청을 확인하다가 멈췄습니다. 메모리가 너무 많이 필요한 요청일 수 있습니다
problem-range-parameter = { $field }: ‘{ $name }’ 파라미터가 없습니다. 있는 것: { $known }
problem-range-missing = { $field }: { $name } 의 값이 없습니다. { $name }=5:50:5 또는 { $name }=5,10,20 처럼 쓰세요
problem-range-name = { $field }: ‘{ $name }’: 파라미터 이름이 아닙니다
problem-range-empty = { $field }: { $name } 의 값이 없습니다
problem-range-many = { $field }: { $name } 의 값이 { $count }개입니다. { $most }개까지 시도할 수 있습니다
problem-range-twice = { $field }: { $name }: { JOSA($value, "이/가") } 두 번 있습니다
problem-range-twice-given = { $field }: { $name } 의 값과 범위를 함께 지정했습니다
problem-range-form = { $field }: { JOSA($name, "은/는") } 5:50:5 (처음:끝:간격) 또는 5,10,20 처럼 쓰세요
problem-range-step = { $field }: { $name } 의 간격은 0보다 커야 합니다
problem-range-order = { $field }: { $name } 의 끝 { JOSA($last, "이/가") } 처음 { $first } 보다 작습니다
problem-range-number = { $field }: { $name }: ‘{ $value }’: 수가 아니거나 너무 큽니다
problem-sets-many = { $field }: 조합이 { $count }개입니다. { $most }개까지 시도할 수 있으니 값을 줄이세요
problem-sets-many-bars = { $field }: 조합 { $count }개와 봉 { $bars }개는 너무 많습니다. 값을 줄이거나 기간을 줄이세요
problem-sets-none = { $field }: 조합 { $count }개 가운데 남는 것이 없습니다: { $known }
problem-returns-unknown = 비교할 수 있는 수익률이 있는 조합이 없습니다
problem-sets-few = 조합이 { $least }개 이상 필요합니다
problem-constraint-form = { $field }: ‘{ $value }’: 파라미터의 비교가 아닙니다. ‘a < b’ 처럼 쓰세요
problem-constraint-parameter = { $field }: ‘{ $value }’: ‘{ $name }’ 파라미터가 없습니다. 있는 것: { $known }
problem-trades-few = { $field }: 거래가 { $least }건 이상이고 고르는 기준을 계산할 수 있는 조합이 없습니다. 가장 많은 거래 수: { $most }
problem-bars-few = { $field }: 이렇게 나누기에는 봉이 부족합니다. 구간 수를 줄이거나 기간을 늘리세요
problem-blocks-even = { $field }: { $value }: { $least } 이상 { $most } 이하의 짝수여야 합니다
problem-blocks-many = { $field }: 이 조합 수에는 블록 { $value }개가 너무 많습니다
problem-tested-fewer = { $field }: { $groups }개 구간 가운데 { $value }개: 하나 이상을 시험하고 하나 이상을 남겨야 합니다
problem-splits-many = { $field }: 나누는 방법이 { $count }가지입니다. { $most }가지까지 됩니다
problem-dates-few = { $field }: 구간마다 { $least }일이 필요한데 모두 { $count }일뿐입니다. 시작을 앞당기세요
problem-search-large = { $field }: 후보가 { $most }개를 넘습니다. 최소 신호 수를 늘리거나 조합을 작게 하세요
problem-label-horizon = { $field }: ‘{ $value }’: 기간은 { $least } 이상 { $most } 이하의 봉 수여야 합니다
problem-shares-whole = { $field }: { $train }, { $validation }: 학습이나 시험에 남는 것이 없습니다
problem-part-empty = 봉 { $count }개 가운데 이 구간에 남는 것이 없습니다: { $name }. 기간을 늘리거나 레이블 또는 뺄 봉을 줄이세요
problem-column-unit = { $field }: { JOSA($name, "은/는") } 가격과 거래량에 비례하지 않습니다
problem-feature-unit = { $field }: 단위가 다른 값을 함께 써서 나중의 분할에 따라 바뀝니다. ‘{ $example }’ 처럼 나누세요
problem-feature-past = { $field }: ‘{ $value }’: 과거 봉에서 계산할 수 없습니다
problem-column-twice = { $field }: { JOSA($value, "과/와") } { JOSA($other_value, "이/가") } 같은 열 { JOSA($column, "이/가") } 됩니다. ‘이름 = …’ 처럼 이름을 정하세요
problem-column-taken = { $field }: { JOSA($column, "은/는") } 다른 열의 이름입니다. 다른 이름을 정하세요
problem-sessions-within = { $field }: ‘{ $value }’: 거래일 수는 { $least } 이상 { $most } 이하입니다
problem-component-within = { $field }: ‘{ $value }’: 성분은 { $least } 이상 { $most } 이하입니다
problem-news-stored = { $field }: 뉴스는 저장된 봉에서만 쓸 수 있습니다. 뉴스 피처를 빼세요

# 코드로 더 알 수 없으면 종류에 따라.
problem-field = { $field }: ‘{ $value }’ 값은 쓸 수 없습니다
problem-of-invalid-parameter = 쓸 수 없는 값이 있습니다
problem-of-invalid-condition = 조건이 아닙니다
problem-of-unknown-parameter = 게이트웨이가 모르는 항목이 요청에 있습니다
problem-of-malformed-request = 게이트웨이가 요청을 읽을 수 없습니다
problem-of-unauthorized = 사용할 수 있는 키가 필요합니다
problem-of-forbidden = 이 키에는 필요한 권한이 없습니다
problem-of-not-yours = 다른 키의 것입니다
problem-of-forbidden-origin = 게이트웨이가 이 주소의 화면에는 답하지 않습니다
problem-of-not-found = 없는 것입니다
problem-of-unknown-symbol = 없는 종목입니다
problem-of-unknown-industry = 없는 산업입니다
problem-of-unknown-key = 없는 키입니다
problem-of-method-not-allowed = 게이트웨이가 하지 않는 일입니다
problem-of-conflict = 지금 상태에서는 할 수 없습니다
problem-of-changed = 읽은 뒤에 바뀌었습니다. 다시 읽으세요
problem-of-job-ended = 이미 끝난 실행입니다
problem-of-body-too-large = 요청이 너무 큽니다
problem-of-url-too-long = 요청이 너무 깁니다
problem-of-not-json = 게이트웨이가 요청을 읽을 수 없습니다
problem-of-misdirected-host = 게이트웨이가 이 이름으로는 답하지 않습니다
problem-of-precondition-required = 바꾸기 전에 다시 읽으세요
problem-of-upgrade-required = 게이트웨이가 요청을 읽을 수 없습니다
problem-of-rate-limited = 요청이 너무 많습니다. 나중에 다시 시도하세요
problem-of-too-many-jobs = 대기 중이거나 실행 중인 작업이 너무 많습니다
problem-of-internal = 게이트웨이가 실패했습니다. 운영자가 기록에서 원인을 볼 수 있습니다
problem-of-unavailable = 필요한 부분이 지금 답하지 않습니다. 나중에 다시 시도하세요
problem-of-timeout = 답이 너무 오래 걸립니다. 범위를 줄이거나 나중에 다시 시도하세요
problem-status = 게이트웨이가 상태 { $status } 로 답했습니다
