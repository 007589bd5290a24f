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
record-all = 모든 종목
record-industry = 산업 { $group }
record-instrument = 이 종목 { $group }

# Digests.
digest = 📦 <b>신호 { $count }개</b> · 종목 { $instruments }개
digest-why-many = 짧은 시간에 알림이 많아 묶어서 보냅니다.
digest-why-chosen = 설정에 따라 묶어서 보냅니다.
story-digest = 📰 <b>뉴스 { $count }건</b>
story-facts = 매체 { $publishers }곳 · 중요도 { $importance }
story-language = { $code ->
    [en] 영어
    [ko] 한국어
   *[other] 외국어
    }
digest-more = … 외 { $count }개
digest-signals = 📋 최근 신호

# Why an alert came.
alert-why = ❓ 왜 왔나요
alert-show-record = 📊 기록
alert-page = 🔗 차트 열기
why-unknown = 이 신호는 더 이상 저장되어 있지 않습니다.
why-reason = 이유: { $reason }
why-condition = 내 조건 알림
why-watched = 관심 종목
why-industry = 관심 산업 { $names }
why-all = 모든 종목을 받는 중
why-no-more = 지금은 관심 종목이 아님
why-sort = 종류: { $sort }
why-sort-condition = 직접 정한 조건은 언제나 보냅니다
why-sort-chosen = 직접 켠 신호 ({ $rule })
why-sort-event = 일어난 사건은 언제나 보냅니다
why-sort-validated = 기록이 검증된 예측
why-sort-unproven = 검증되지 않은 예측도 받기로 설정함
why-values = 신호가 나온 봉의 값:
record-after = 신호 뒤 평균
record-any-day = 아무 날이나
why-before = 앞 봉 { $value }
value-target = 목표가
value-invalidation = 무효가 되는 가격
value-quality = 모양의 점수 (0 ~ 1)
value-volume-ratio = 거래량 비율
