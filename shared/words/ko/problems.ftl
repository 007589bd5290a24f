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
problem-scope-missing = 이 키에는 { $scope } 권한이 없습니다. 있는 권한: { $has }
problem-watchlist-full = 관심 종목이 이미 { $most }개로, 더 담을 수 없습니다
problem-alerts-full = 알림이 이미 { $most }개로, 더 만들 수 없습니다
problem-alerts-extra = 알림만을 위해 계산할 지표가 { $most }개를 넘습니다
problem-alerts-busy = 모든 사용자의 알림이 한도에 이르렀습니다
problem-alert-unknown = { $value }번 알림은 없습니다
problem-at-once = 같은 것을 동시에 바꾸는 요청이 있었습니다. 다시 시도하세요
problem-key-reused = 같은 변경을 서로 다르게 두 번 보냈습니다. 다시 시도하세요

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
