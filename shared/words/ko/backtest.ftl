# 백테스트. 값은 HTML로 이스케이프된다.

backtest-help = 종목과 매수 조건을 적어 주세요: <code>/backtest AAPL rsi_14 &lt; 30</code>. 20봉 뒤에 청산합니다. 청산 시점을 정하려면: <code>/backtest AAPL rsi_14 &lt; 30 청산 5봉</code>, <code>/backtest AAPL rsi_14 &lt; 30 청산 rsi_14 &gt; 60</code>
backtest-running = 백테스트를 실행하고 있습니다. 결과는 여기에 이어서 보내 드립니다.
backtest-busy = 이 대화방의 백테스트가 이미 실행 중입니다. 먼저 그 결과를 기다려 주세요.
backtest-missing = 여기에서는 백테스트를 쓸 수 없습니다.
backtest-timeframes = 매수와 청산 조건은 같은 봉을 써야 합니다: { $entry }, { $exit }.
backtest-entry = 다음 시가에 매수하는 조건
backtest-exit = 다음 시가에 매도하는 조건
backtest-bars = { $bars }봉 뒤 매도
backtest-range = { $first } ~ { $last }, { $bars }봉. 편도 비용: 수수료 { $commission } + 슬리피지 { $slippage } bp
backtest-head = 백테스트 · 보유
backtest-total-return = 수익률
backtest-cagr = 연 수익률
backtest-sharpe = 샤프 비율
backtest-max-drawdown = 최대 낙폭
backtest-trades = 거래 { $n }회, 승률 { $won }, 평균 { $mean }
backtest-none = 거래 없음: 조건이 한 번도 참이 아니었거나 마지막 봉에서만 참이었습니다.
backtest-few = 거래가 적어 아무것도 증명하지 못합니다.
backtest-advice = 과거 결과이며 투자 조언이 아닙니다.
backtest-unavailable = 지금은 분석 서비스가 응답하지 않습니다. 나중에 다시 시도해 주세요.
backtest-slow = 백테스트가 제시간에 끝나지 않았습니다. 더 짧게 시도해 주세요.
backtest-limit = 대기 중인 작업이 너무 많습니다. 나중에 다시 시도해 주세요.
backtest-refused = 이 백테스트는 할 수 없습니다: { $detail }
backtest-failed = 백테스트에 실패했습니다. 오류를 기록했습니다.
backtest-equity = 자산과 낙폭, 보유와 비교
menu-backtest = 조건 백테스트
