# Replies of the bot. Values are escaped for HTML.

start =
    <b>Finstage 알림 봇</b>입니다. 관심 종목에 기술적 신호가 나오면 알려 드립니다.
    언어를 고르면 1분 안에 설정이 끝납니다. 도움말: /help
help =
    <b>명령어</b>
    <b>시세와 분석</b>
    /price 종목 - 현재가
    /analyze 종목 - 추세, 지표, 신호와 기록 (<code>/analyze 삼성전자</code>)
    /chart 종목 [봉] - 차트 (<code>/chart AAPL 1h</code>)
    /compare 종목, 종목 - 비교
    /industry [산업] - 산업·시장 흐름 (<code>/industry 반도체</code>), /top - 많이 움직인 산업
    /brief [시장] [주간] - 시장 브리핑 (<code>/brief us 주간</code>)
    /signals [종목] - 최근 신호
    /news [종목·산업] - 최근 뉴스 (<code>/news 반도체</code>)
    /news alerts 0.5 - 이 중요도부터 관심 종목·산업의 뉴스 알림 (<code>off</code>: 끄기)
    /backtest 종목 조건 - 과거에 그 조건으로 매매했다면 (<code>/backtest AAPL rsi_14 &lt; 30</code>)
    /quality 신호 [종목] - 과거 기록 (<code>/quality golden_cross AAPL</code>)

    <b>받아 보기</b>
    /watch 종목·산업 … - 관심 등록 (<code>/watch all</code>: 전체), /unwatch - 해제, /list - 목록
    /rules - 받을 신호 종류 (<code>/rules off rsi_mid</code>)

    <b>내 알림</b>
    /build - 버튼으로 만들기
    /alert 조건 - <code>/alert 애플 200 이상</code>, <code>/alert AAPL +5%</code>, <code>/alert rsi_14 &lt; 30 on 1d for AAPL</code>
    /alerts - 목록과 변경, /unalert 번호 - 삭제
    /explain 조건 - 조건을 말로 설명, 마지막으로 참이었던 때

    <b>설정</b>
    /settings - 언어, 시간대, 방해 금지, 받는 방식 · /setup - 처음 설정
    /mute 1h - 잠시 끄기 (30m, 2d, tomorrow; <code>/mute off</code>: 해제)
    /lang en - English · /status - 상태 · /privacy - 개인정보 · /link 코드 - API 키 연결
    종목은 기호(AAPL), 한글·영문 이름, 별칭, 초성(ㅅㅅㅈㅈ)으로 찾습니다.
unknown-command = /{ $name } 명령은 없습니다. 명령어는 /help 에서 볼 수 있습니다.
meant-command = /{ $name } 명령은 없습니다. 혹시 /{ $near } 인가요?
not-command = 무엇을 찾으시나요? 가격은 <code>/price { $text }</code>, 명령어는 /help 를 이용해 주세요.
which = 종목을 함께 적어 주세요. 예: <code>/{ $name } AAPL</code>
no-such = '{ $asked }' 종목을 찾지 못했습니다.
did-you-mean = 혹시 { $names } 인가요?
no-price = 아직 받은 시세가 없습니다.
last-bar = 마지막 종가
quote = 현재가
change = 전일 대비
day = 오늘
year = 52주
at = 기준
watched = 관심 종목에 추가: { $names }
watched-all = 모든 종목의 신호를 보내 드립니다. <code>/unwatch all</code>로 해제합니다.
full = 관심 종목은 { $most }개까지 등록할 수 있습니다.
unwatched = 관심 종목에서 해제: { $names }
unwatched-all = 관심 종목을 모두 해제했습니다.
list = <b>관심 종목 { $count }개</b>
list-all = 모든 종목의 신호를 받고 있습니다.
list-empty = 관심 종목이 없습니다. <code>/watch AAPL</code>처럼 등록해 주세요.
signals = <b>최근 신호</b>
signals-none = 아직 신호가 없습니다.
news = <b>최근 뉴스</b>
news-about = <b>최근 뉴스: { $name }</b>
news-none = 아직 뉴스가 없습니다.
industries = <b>산업과 시장의 흐름</b> (구성 종목 등락률 중앙값)
industries-none = 아직 산업별 흐름이 없습니다. 첫 시세가 들어오면 나타납니다.
industry-help = 자세히: <code>/industry 반도체</code>
industry-list = 목록은 /industry
no-such-industry = '{ $asked }' 산업을 찾지 못했습니다.
median = 등락률 중앙값
breadth = 상승 { $up } · 하락 { $down } · 보합 { $still } · 당일 거래 없음 { $missing }
above-sma = { $n }일 이동평균 위: { $share } ({ $of }종목 중)
leaders = 상위
laggards = 하위
strongest-industry = 산업 내 상대강도 (63일)
strongest-market = 지수 대비 상대강도 (63일)
signals-today = 오늘 신호: ▲{ $up } ▼{ $down } ({ $rules })
muted = { $until }까지 알림을 끕니다.
unmuted = 알림을 다시 켰습니다.
mute-help = 얼마나 끌까요? 예: <code>/mute 1h</code>, <code>/mute 2d</code>, <code>/mute off</code>
language = 한국어로 안내합니다.
language-help = <code>/lang ko</code> 또는 <code>/lang en</code>
rules =
    <b>받을 신호 종류</b> (✅ 받음, ☑️ 기록이 검증된 동안만, ▫️ 안 받음)
    <code>/rules on|off 이름 …</code>, <code>/rules on|off all</code>
quality-help = 신호 종류를 적어 주세요. 예: <code>/quality golden_cross AAPL</code>. 목록은 /rules
quality-none = 아직 계산된 기록이 없습니다.
quality-more = 외 { $count }건
quality-how = 다음 봉 시가에 사서(▼는 공매도) 비용을 뺀 수익. '아무 날이나'는 같은 종목의 모든 날 평균입니다.
rules-unknown = 없는 신호 종류: { $names }. 목록은 /rules
on = 켜짐
off = 꺼짐
stopped = 보내지 않음. 다시 받으려면 /start
muted-until = { $until }까지 꺼짐
status =
    <b>상태</b>
    관심 종목: { $count }
    알림: { $muted }
    최근 24시간: { $deliveries }
    시각: { $now }
all = 전체
none = 없음
not-allowed = 이 그룹의 설정은 관리자나 봇을 추가한 사람만 바꿀 수 있습니다.
slow-down = 명령이 너무 많습니다. 잠시 후 다시 시도해 주세요.
trouble = 지금은 처리할 수 없습니다. 잠시 후 다시 시도해 주세요.
alert-help =
    어떤 조건인가요? 예:
    <code>/alert rsi_14 &lt; 30 and close &gt; sma_200 on 1d for AAPL, 삼성전자</code>
    <code>/alert crosses_above(close, sma_200) for industry:semiconductors</code>
    for 뒤가 없으면 관심 종목에 적용됩니다. 맨 앞에 once_per_bar 를 쓰면 닫히지 않은 봉도 봅니다.
    한국어로도 됩니다: <code>/alert 종가가 200일선 이상이고 RSI 30 이하</code>
    지표: sma_50, ema_26, rsi_14, macd, bb_upper_20, atr_14, volume_sma_20 …
    봉: open high low close volume, close[5]는 다섯 봉 전, rsi_14[1h]는 1시간봉
alert-more = 조건 쓰는 법: /alert
explain-help = 어떤 조건을 설명할까요? 예: <code>/explain rsi_14 &lt; 30 and close &gt; sma_200</code>
explain-times = { $name }: 마지막으로 참이었던 때 { $times } · { $since }부터 봉 { $bars }개 중 { $held }개
explain-never = { $name }: { $since }부터 봉 { $bars }개 중 참이었던 적 없음
explain-unknown = { $name }: 아직 알 수 없음 (저장된 봉이 없음)
explain-unavailable = 지난 봉을 지금은 살펴볼 수 없습니다. 잠시 뒤 다시 시도해 주세요.
explain-unsupported = 이 조건은 아직 지난 봉으로 살펴볼 수 없습니다.
alert-unparsed = 조건을 읽지 못했습니다. 더 짧게 나누어 다시 시도해 주세요.
alert-set = 조건 알림을 등록했습니다. { $frequency ->
    [once] 조건이 처음 참이 될 때 한 번 알립니다.
    [once_per_bar] 닫히지 않은 봉도 보고, 봉마다 많아야 한 번 알립니다.
   *[other] 봉이 닫힐 때 조건이 참이면 봉마다 알립니다.
    }
alert-same = 이미 등록된 조건입니다.
alert-watching-none = 관심 종목이 없어 아직 울리지 않습니다. /watch 로 등록하거나 for 뒤에 종목을 적어 주세요.
alert-full = 조건 알림은 { $most }개까지 등록할 수 있습니다. /unalert 로 지워 주세요.
alert-extra = 기본이 아닌 지표는 모두 합해 10개까지 쓸 수 있습니다.
alert-busy = 지금은 새 지표나 조건을 더 받을 수 없습니다. sma_50, rsi_14 같은 기본 지표를 써 주세요.
alerts = <b>내 조건 알림 { $count }개</b>
alerts-none = 조건 알림이 없습니다. 만드는 법: /alert
alerts-remove = 삭제: <code>/unalert 번호</code> 또는 <code>/unalert all</code>
alert-watched = 관심 종목
alert-industry = 산업 { $name }
alert-at-close = 봉이 닫힐 때
alert-forming = 닫히지 않은 봉도
alert-warming-up = 지표 준비 중 (지난 봉을 읽고 있어요)
no-industry = '{ $asked }' 산업을 찾지 못했습니다. 있는 산업: { $names }
unalert-help = 몇 번을 지울까요? 목록은 /alerts
unalert-none = 그런 번호의 조건 알림이 없습니다. 목록은 /alerts
unalerted = 조건 알림을 지웠습니다.
topic-gone = 📌 알림을 받던 토픽에 글을 쓸 수 없어 여기로 보냅니다.
replayed = ⏪ 재생 데이터 (과거 시세, 실시간 아님)
advice = <i>투자 조언이 아닙니다</i>

# The menu of commands: at most 256 characters each.
menu-price = 현재가
menu-watch = 관심 종목 등록
menu-unwatch = 관심 종목 해제
menu-list = 관심 종목
menu-signals = 최근 신호
menu-news = 최근 뉴스
menu-alert = 조건 알림 만들기
menu-alerts = 내 조건 알림
menu-unalert = 조건 알림 삭제
menu-explain = 조건 설명
menu-industry = 산업별 흐름
menu-quality = 신호의 과거 기록
menu-rules = 신호 종류
menu-mute = 잠시 끄기
menu-settings = 설정
menu-lang = 언어 · Language
menu-status = 상태
menu-help = 도움말

# Buttons of an older message, or that someone else made up.
old-button = 오래된 버튼입니다. 명령을 다시 보내 주세요.
link-help =
    API 키를 이 대화에 연결합니다: <code>/link 코드</code>. 코드는 POST /v1/keys/self/link 로 받습니다.
    연결하면 API와 이 대화가 관심 종목과 알림을 함께 씁니다. <code>/link off</code>: 해제
linked = API 키 { JOSA($name, "을/를") } 이 대화에 연결했습니다. 관심 종목과 알림을 함께 씁니다.
link-refused = 코드가 맞지 않거나 만료되었거나 이미 쓰였습니다. 새 코드를 받아 주세요.
unlinked = 이 대화에 연결된 API 키를 해제했습니다.
link-none = 이 대화에 연결된 API 키가 없습니다.

# 인라인 모드: 대화에 보내는 글과 그 버튼.
inline-more = 📈 봇에서 더 보기
inline-watch = ➕ 관심 등록
inline-analyze = 🔎 분석
status-pending = 대기
status-sending = 보내는 중
status-sent = 보냄
status-unknown = 확인 안 됨
status-failed = 실패
status-expired = 기한 지남
status-muted = 꺼 둔 동안
chart-timeframe = '{ $asked }' 봉은 없습니다. 쓸 수 있는 봉: { $known }
chart-empty = { $timeframe }의 시세가 아직 없습니다.
setup-watched = 지금 관심 종목: { $names }
quality-condition = 직접 정한 조건의 기록은 모으지 않습니다. 과거에 어땠는지는 /backtest 와 /explain 으로 볼 수 있습니다.
