# Screens of the settings.
settings =
    <b>설정</b>
    언어: 한국어 · 시간대: { $zone }
    알림: { $muted }
    방해 금지 시간: { $quiet } · 무음: { $silent }
    받는 방식: { $pace } · 뉴스 알림: { $news }
    브리핑: { $briefings } · 어두운 그림: { $dark }
    봉: { $timeframes }
    검증되지 않은 예측: { $unproven }
    닫히기 전의 봉: { $provisional }
settings-help =
    <code>/settings unproven on|off</code>: 검증되지 않은 예측 신호도 받을지 정합니다. 사건(급등락, 신고가 등)은 항상 받습니다.
    <code>/settings provisional on|off</code>: 아직 닫히지 않은 봉의 잠정 신호도 받을지 정합니다.
    <code>/settings zone 서울</code>: 시간대
    <code>/settings quiet 22:00-07:00</code>: 방해 금지 시간 (<code>off</code>: 해제)
    <code>/settings pace auto|each|digest</code>: 받는 방식
    <code>/settings silent on|off</code>: 소리 없이 받기
    <code>/settings news off|0.3 ~ 1.0</code>: 관심 종목·산업의 뉴스를 이 중요도부터 받기
    <code>/settings briefings daily|weekly|both|off</code>: 장 마감 브리핑, <code>/settings briefings us</code>: 이 시장의 브리핑
    <code>/settings dark on|off</code>: 어두운 그림
    <code>/settings timeframes 1h 1d|all</code>: 신호를 받을 봉
    <code>/settings industries 반도체</code>: 관심 산업
settings-unknown = '{ $value }' 값은 쓸 수 없습니다.
settings-open-language = 🌐 언어
settings-open-zone = 🕒 시간대
settings-open-quiet = 🌙 방해 금지 시간
settings-open-pace = 📦 받는 방식
settings-open-news = 📰 뉴스 알림
settings-open-timeframes = ⏱ 봉
settings-open-mute = 🔕 잠시 끄기
settings-open-industries = 🏭 관심 산업
settings-open-rules = 🔔 신호 종류
settings-rules = 어떤 신호를 받을까요? ✅ 받음, ☑️ 기록이 검증된 동안만, ▫️ 받지 않음. 전체 목록: /rules
settings-rules-usual = 처음 상태로
settings-open-briefings = 📊 브리핑
settings-briefings =
    브리핑: { $briefings }
    장이 끝난 뒤에 보냅니다. 매일, 그리고 한 주의 마지막 거래일 뒤에 매주. 어느 시장의 브리핑을 받을까요?
settings-briefings-off = 끔
settings-briefings-daily = 매일
settings-briefings-weekly = 매주
settings-briefings-both = 매일과 매주
settings-briefings-own = 관심 종목의 시장
settings-switch-silent = 소리 없이 받기: { $on ->
    [on] 켜기
   *[off] 끄기
    }
settings-switch-dark = 어두운 그림: { $on ->
    [on] 켜기
   *[off] 끄기
    }
settings-switch-unproven = 검증되지 않은 예측: { $on ->
    [on] 켜기
   *[off] 끄기
    }
settings-switch-provisional = 닫히기 전의 봉: { $on ->
    [on] 켜기
   *[off] 끄기
    }
settings-language = 언어를 골라 주세요.
settings-zone = 시간대: { $zone }. 다른 곳은 도시 이름을 적어 주세요.
settings-quiet =
    방해 금지 시간: { $quiet }
    이 시간의 알림은 끝난 뒤 한 번에 보냅니다. 직접 적어도 됩니다. 예: <code>22:30-07:00</code>
settings-pace =
    받는 방식: { $pace }
    자동은 처음 몇 개만 하나씩 보내고, 많아지면 묶어서 보냅니다.
settings-pace-auto = 자동
settings-pace-each = 하나씩
settings-pace-digest = 항상 묶어서
settings-news =
    뉴스 알림: { $news }
    관심 종목이나 관심 산업의 뉴스를 이 중요도부터 보냅니다. 직접 적어도 됩니다({ $least } ~ 1.0). 예: <code>0.6</code>
settings-timeframes =
    신호를 받을 봉: { $timeframes }
    직접 적어도 됩니다. 예: <code>1h 1d</code>. 조건 알림은 조건에 적은 봉에서 옵니다.
settings-timeframes-all = 모든 봉
settings-industries = 아는 산업에만 투자하세요. 관심 산업: { $count }개
mute-1h = 1시간
mute-8h = 8시간
mute-tomorrow = 내일까지
mute-off = 🔔 켜기
language-name = 한국어
back = « 뒤로
next = 다음 »
done = 완료 ✓
list-industries = <b>관심 산업 { $count }개</b>

# The first steps.
setup-language = 언어를 골라 주세요.
setup-zone = 어디에 계신가요? 시각과 방해 금지 시간에 씁니다. 목록에 없으면 도시 이름을 적어 주세요.
setup-instruments =
    <b>관심 종목</b>을 적어 주세요. 한글·영문 이름, 종목 코드, 초성 모두 됩니다.
    예: <code>삼성전자</code>, <code>AAPL</code>, <code>ㅅㅅㅈㅈ</code>
setup-done = 준비가 끝났습니다. 신호가 나오면 여기로 알려 드립니다. 모든 명령은 /help
setup-sample = 알림은 이렇게 옵니다:
menu-setup = 처음 설정
