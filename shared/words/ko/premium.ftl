# 프리미엄: 텔레그램 별로 내는 구독.
menu-premium = 프리미엄
premium-title = Finstage 프리미엄
premium-description = 하루보다 짧은 봉의 신호와 알림, 더 많은 조건 알림, 백테스트와 비교. 해지할 때까지 30일마다 갱신됩니다.
premium-what =
    <b>Finstage 프리미엄</b> · 30일에 { $stars } ⭐
    • 1분봉부터 4시간봉까지의 신호, 차트, 조건 알림
    • 조건 알림 { $most }개 (무료는 { $free }개)
    • /backtest, /compare
    무료: 일봉 이상의 모든 기능, 모든 봉의 가격 알림, 뉴스, 브리핑, /analyze, /quality
premium-with-channel = 프리미엄 채널이 함께 제공됩니다.
premium-none = 지금은 이용하고 있지 않습니다.
premium-operator = 운영자는 모든 기능을 쓸 수 있습니다.
premium-renews = 이용 중입니다. { $until }에 갱신됩니다.
premium-ends = { $until }까지 이용할 수 있고, 갱신되지 않습니다.
premium-more = 결제 문의: /paysupport · 약관: /terms
premium-open = ⭐ 프리미엄
premium-buy = ⭐ 구독하기: 30일에 별 { $stars }개
premium-cancel = 자동 갱신 해지
premium-resume = 다시 갱신
premium-channel-open = 📣 프리미엄 채널
premium-join = 참여 요청
premium-invited = 버튼을 눌러 참여를 요청하면 바로 승인됩니다. 이 링크는 본인만 쓸 수 있습니다.
premium-channel-need = 프리미엄 채널은 프리미엄 이용자만 들어갈 수 있습니다.
premium-no-channel = 프리미엄 채널이 없습니다.
premium-need = 내용과 가격은 /premium 에서 볼 수 있습니다.
premium-timeframe = 하루보다 짧은 봉의 반복 알림은 프리미엄에서 쓸 수 있습니다. 일봉 알림과 가격 알림은 무료입니다.
premium-conditions = 무료로는 조건 알림을 { $free }개까지 쓸 수 있고, 모두 썼습니다. 프리미엄은 { $most }개까지입니다. /unalert 로 지울 수도 있습니다.
premium-signals = 일봉보다 짧은 봉의 신호는 프리미엄에서 옵니다: /premium
premium-chart = 하루보다 짧은 봉의 차트는 프리미엄에서 볼 수 있습니다. 일봉 차트는 무료입니다.
premium-backtest = 백테스트는 프리미엄에서 쓸 수 있습니다.
premium-compare = 종목 비교는 프리미엄에서 쓸 수 있습니다. /analyze 는 무료입니다.
premium-off = 여기서는 아무것도 팔지 않습니다. 모든 기능이 무료입니다.
premium-private = 프리미엄은 개인에게 속합니다. 저와의 개인 대화에서 /premium 을 보내 주세요.
premium-unavailable = 지금은 텔레그램이 응답하지 않습니다. 결제되지 않았습니다. 잠시 후 다시 시도해 주세요.
premium-unchanged = 바꿀 것이 없습니다. /premium 을 확인해 주세요.
premium-cancelled = 자동 갱신을 해지했습니다. 결제한 기간이 끝날 때까지 이용할 수 있습니다.
premium-resumed = 다시 갱신할 수 있습니다. 텔레그램 설정의 내 별에서 확인해 주세요.
premium-paid = 감사합니다! 별 { $stars }개를 받았습니다. { $until }까지 프리미엄을 이용할 수 있습니다.
premium-refunded = 별 { $stars }개를 돌려드렸고, 그 결제의 이용 기간을 끝냈습니다.
premium-ended = ⭐ 프리미엄 이용이 끝났습니다. 하루보다 짧은 봉의 알림은 다시 이용할 때까지 쉽니다: /premium
checkout-unknown = 올바르지 않은 청구서입니다. /premium 을 다시 보내 주세요.
checkout-other = 다른 사람의 청구서입니다. 직접 /premium 을 보내 주세요.
checkout-old = 오래된 청구서입니다. /premium 을 다시 보내 주세요.
checkout-price = 가격이 바뀌었습니다. /premium 을 다시 보내 주세요.
checkout-owned = 이미 프리미엄을 이용 중이고 자동으로 갱신됩니다.
paysupport =
    <b>결제 문의</b>
    { JOSA($support, "으로/로") } 결제한 날짜와 함께 연락해 주세요. 제대로 제공되지 않은 결제는 돌려드립니다.
    이 봇에서 산 것은 텔레그램 고객 지원이 도와줄 수 없습니다.
paysupport-operator = 이 봇의 운영자
terms =
    <b>약관</b>
    1. 이 봇은 시장 데이터로 계산한 것을 알립니다. 투자 조언이 아니며, 데이터는 늦거나 틀릴 수 있습니다.
    2. 프리미엄은 30일마다 텔레그램 별로 결제되고 해지할 때까지 갱신됩니다. 해지: /premium 또는 텔레그램 설정의 내 별
    3. 해지해도 결제한 기간이 끝날 때까지 이용할 수 있습니다.
    4. 결제한 것이 제대로 되지 않으면 /paysupport 로 알려 주세요. 별로 돌려드립니다.
    5. 저장하는 정보와 삭제 방법: /privacy
terms-free =
    <b>약관</b>
    이 봇은 시장 데이터로 계산한 것을 알립니다. 투자 조언이 아니며, 데이터는 늦거나 틀릴 수 있습니다. 무료입니다.
    저장하는 정보와 삭제 방법: /privacy
forget-premium = 지금은 텔레그램에서 구독을 끝내지 못해 아무것도 지우지 않았습니다. 잠시 후 다시 시도해 주세요.
payments-totals = <b>결제</b> (30일): { $payments }건 · { $stars } ⭐ · 환불 { $refunds }건 · 지금 프리미엄 채팅 { $premium }개
payments-granted = 운영자 제공
payments-refunded = 환불됨
payments-ended = 끝남
payments-cancelled = 갱신 안 함
payments-alive = 이용 중
payments-help = <code>/payments 채팅</code>, <code>/refund 결제번호</code>, <code>/grant 채팅 일수</code>
refund-unknown = '{ $charge }' 결제가 없거나 그 사람의 정보가 지워졌습니다. 목록은 /payments
refund-failed = 끝내지 못했습니다: { $reason }. 명령을 다시 보내면 이어서 합니다.
refund-done = 별 { $stars }개를 { $chat }에 돌려주고 그 결제의 프리미엄을 끝냈습니다.
grant-help = <code>/grant 채팅 일수</code>: 결제 없이 프리미엄 제공, 1일에서 { $most }일
grant-done = { $chat }에 프리미엄을 { $days }일 제공했습니다. 되돌리기: <code>/refund { $charge }</code>
