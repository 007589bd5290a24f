# Backtests. Values are escaped for HTML.

backtest-help = Name an instrument and when to buy: <code>/backtest AAPL rsi_14 &lt; 30</code>. A position is closed after 20 bars; or say when: <code>/backtest AAPL rsi_14 &lt; 30 exit after 5 bars</code>, <code>/backtest AAPL rsi_14 &lt; 30 exit rsi_14 &gt; 60</code>
backtest-running = The backtest is running. Its result follows here.
backtest-busy = A backtest of this chat is running already. Its result comes first.
backtest-missing = Backtests are not available here.
backtest-timeframes = Entry and exit must be on the same bars: { $entry } and { $exit }.
backtest-entry = Buys at the next open when
backtest-exit = Sells at the next open when
backtest-bars = Sells after { $bars ->
    [one] { $bars } bar
   *[other] { $bars } bars
    }
backtest-range = { $first } to { $last }, bars: { $bars }. Costs a side: { $commission } bp commission + { $slippage } bp slippage
backtest-head = backtest · buy and hold
backtest-total-return = Return
backtest-cagr = A year
backtest-sharpe = Sharpe ratio
backtest-max-drawdown = Deepest fall
backtest-trades = Trades: { $n }, won { $won }, mean { $mean }
backtest-none = No trade: the condition was never true, or only on the last bar.
backtest-few = So few trades prove nothing.
backtest-advice = What happened in the past, not investment advice.
backtest-unavailable = Analysis does not answer now. Please try again later.
backtest-slow = The backtest was not done in time. Try a shorter one.
backtest-limit = Too many runs are waiting. Please try again later.
backtest-refused = This backtest is not possible: { $why }
backtest-refused-in-english = This backtest is not possible: { $detail }
backtest-failed = The backtest failed. The error has been logged.
backtest-chart = Backtest
backtest-chart-strategy = backtest
backtest-chart-held = buy and hold
backtest-chart-bought = bought
backtest-chart-sold = sold
backtest-chart-drawdown = drawdown
menu-backtest = Backtest a condition
