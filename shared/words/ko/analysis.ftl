# /analyze, /compare, /top.
menu-top = 많이 움직인 산업
menu-analyze = 종목 분석
menu-chart = 차트
menu-compare = 두 종목 비교
menu-privacy = 개인정보
analyze-span-5 = 1주 { $change }
analyze-span-21 = 1개월 { $change }
analyze-span-63 = 3개월 { $change }
analyze-span-252 = 1년 { $change }
analyze-trend-up = 추세: 상승 (종가 &gt; 50일선 &gt; 200일선)
analyze-trend-down = 추세: 하락 (종가 &lt; 50일선 &lt; 200일선)
analyze-trend-mixed = 추세: 뚜렷하지 않음
analyze-rsi-high = RSI(14) { $value }: 과매수 구간
analyze-rsi-low = RSI(14) { $value }: 과매도 구간
analyze-rsi-middle = RSI(14) { $value }: 중립
analyze-range = 52주 고점 대비 { $high }, 저점 대비 { $low }
analyze-volume = 거래량: 20일 평균의 { $ratio }배
analyze-pattern-forming = 만들어지는 중: { $name }, 돌파선 { $level }
analyze-pattern-confirmed = 확인됨: { $name }, 돌파선 { $level }
analyze-industry = 산업 { $name }: { $move }
compare-help = 종목 두 개를 적어 주세요. 예: <code>/compare 삼성전자, SK하이닉스</code>
compare-volatility = 변동성(연): { $both }
compare-correlation = 상관계수: { $value } (공통 { $days }일)
compare-unknown = 비교할 만큼 저장된 봉이 없습니다.
top-best = <b>많이 오른 산업</b>
top-worst = <b>많이 내린 산업</b>

# Privacy.
privacy =
    <b>개인정보</b>
    이 채팅의 번호, 바꾼 사람의 번호, 설정, 관심 종목·산업, 조건 알림, 보낸 알림의 기록, 결제 기록만 저장합니다.
    알림을 보내는 데에만 씁니다. 대화 내용은 저장하지 않습니다.
    /export: 저장된 내용 전부 받기 · /forget: 전부 지우기
privacy-export = 📤 내 데이터 받기
privacy-forget = 🗑 모두 지우기
privacy-forget-sure = 설정, 관심 종목, 조건 알림, 알림 기록이 모두 지워지고 되돌릴 수 없습니다. 지울까요?
privacy-forget-yes = 네, 모두 지워 주세요
privacy-forgotten = 이 채팅의 데이터를 모두 지웠습니다. 다시 시작하려면 /start

# Briefings.
menu-brief = 시장 브리핑
brief-daily = { $market }: { $day }
brief-weekly = { $market }: { $day }까지 한 주
brief-industries = <b>산업</b>
brief-watched = <b>관심 종목</b>
brief-signals = <b>신호 { $count }건</b>
brief-outcomes = <b>지난주 신호 { $count }건</b>
brief-outcomes-known = 다음 시가 이후 신호 방향으로 평균 { $mean }, { $known }건 중 { $favourable }건이 0보다 큼
brief-outcomes-missing = { $count }건은 알 수 없음
brief-outcomes-unknown = 그 뒤의 거래일이 저장되어 있지 않아 결과를 알 수 없습니다.
brief-stories = <b>뉴스</b>
brief-after-hour = 1시간 뒤 { $move }
brief-after-day = 1일 뒤 { $move }
brief-next = <b>다음 거래일</b>
brief-session = { $day } { $hours } ({ $exchanges })
brief-session-early = { $day } { $hours } ({ $exchanges }), 조기 마감
brief-holiday = 휴장: { $day } ({ $exchanges })
brief-picture-industries = 산업별 등락률 중앙값
brief-empty = 아직 브리핑이 없습니다. 저장된 거래일이 없습니다.
brief-no-market = '{ $asked }' 브리핑은 없습니다. 있는 시장: { $names }
brief-more = 📄 전체 보기
brief-open-daily = 📊 하루
brief-open-weekly = 🗓 한 주
analyze-pattern-forming-only = 만들어지는 중: { $name }
analyze-pattern-confirmed-only = 확인됨: { $name }
top-still = 오르거나 내린 산업이 없습니다.
