# Alerts of one's own, and how they are made step by step.
menu-build = 버튼으로 알림 만들기
build-instrument = 어떤 종목인가요? 다른 종목은 이름, 코드, 초성을 적어 주세요.
build-watchlist = 관심 종목 전체
build-kind = <b>{ $name }</b>: 어떤 알림을 만들까요?
build-value = <b>{ $name }</b> · { $kind }: 값을 고르거나 숫자를 적어 주세요.
build-above = 가격이 값 위로
build-below = 가격이 값 아래로
build-up = 하루 % 상승
build-down = 하루 % 하락
build-rsi-low = RSI 과매도
build-rsi-high = RSI 과매수
build-average-up = 이동평균 상향 돌파
build-average-down = 이동평균 하향 이탈
build-volume = 거래량 급증(배)
alerts-build = ➕ 버튼으로 만들기
alerts-change = ⚙️ 바꾸기
alerts-pause = ⏸ 멈춤
alerts-resume = ▶️ 다시 켜기
alerts-edit = ✏️ 수정
alerts-delete = 🗑 삭제
alerts-undo = ↩️ 되돌리기
alerts-none-chosen = 없음
alerts-edit-how = 새 조건을 적어 주세요. 예: <code>rsi_14 &lt; 25 on 1d for AAPL</code>
alerts-help =
    <code>/alerts 3 pause</code>, <code>resume</code>, <code>edit 조건</code>
    <code>/alerts 3 frequency once</code> (once_per_bar_close, once_per_bar)
    <code>/alerts 3 cooldown 4h</code>, <code>/alerts 3 expires 7d</code> (<code>off</code>: 없음)
alerts-frequency-once-per-bar-close = 봉 마감마다
alerts-frequency-once-per-bar = 봉마다 (형성 중에도)
alerts-frequency-once = 한 번만
alerts-cooldown = 알림 사이 최소 간격: { NUMBER($hours, maximumFractionDigits: 1) }시간
alerts-expires = 만료: { $at }
alerts-fired = 마지막 알림: { $at }
alerts-stopped-paused = ⏸ 멈춰 있음
alerts-stopped-fired = ✅ 한 번 울리고 끝남
alerts-stopped-expired = 📅 만료됨
alerts-stopped-flood = ⛔ 너무 자주 울려 스스로 멈춤
notice-topic = 📌 그룹의 토픽({ $thread }번)에 더 이상 글을 쓸 수 없어 알림을 그룹 전체로 보냅니다. 다른 토픽에서 받으려면 그곳에서 /watch 를 보내세요.
notice-flood = ⛔ 조건 알림 #{ JOSA($number, "이/가") } 3분 동안 { $most }번 넘게 울려 스스로 멈췄습니다. <code>/alerts { $number } resume</code>으로 다시 켤 수 있습니다.
alerts-span-1h = 1시간
alerts-span-4h = 4시간
alerts-span-24h = 24시간
alerts-span-1d = 1일
alerts-span-7d = 7일
alerts-span-30d = 30일
notice-topic-group = 📌 토픽({ $thread }번)에 더 이상 글을 쓸 수 없어 알림을 여기로 보냅니다. 다른 토픽에서 받으려면 관리자가 그곳에서 /watch 를 보내세요.
