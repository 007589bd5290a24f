# The bundled industries, as in the file that ingest loads them from.

industry-semiconductors = 반도체
industry-ai = 인공지능
industry-software = 소프트웨어·클라우드
industry-internet = 인터넷 플랫폼
industry-electronics = 전자·가전
industry-games = 게임
industry-entertainment = 미디어·엔터테인먼트
industry-blockchain = 블록체인
industry-payments = 결제·핀테크
industry-banks = 은행
industry-insurance = 보험
industry-batteries = 이차전지
industry-cars = 자동차·전기차
industry-energy = 에너지(석유·가스)
industry-nuclear-power = 전력·원자력
industry-biotech = 바이오
industry-pharma = 제약·헬스케어
industry-defence = 방위산업·항공우주
industry-shipbuilding = 조선·해운
industry-materials = 철강·화학·소재
industry-gold = 금·귀금속
industry-retail = 유통·소비재
industry-telecom = 통신
industry-robotics = 로봇
