// The result of a backtest: figures beside buy and hold, equity and drawdown, months, trades.
import { useState } from "preact/hooks";
import { percent, plain } from "../../i18n/format";
import { maybe, t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Move } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { EquityChart } from "./equity_chart";
import { costsText, Figure, figureName, figuresOf, figureText, inOrder } from "./figures";
import { type Job, jobsApi, type Trade } from "./jobs";
import { Months, monthsOf } from "./months";
import { TradeChart } from "./trade_chart";

export function BacktestResult({ job }: { job: Job }) {
  const result = job.result ?? {};
  const equity = useReading((cancelled) => jobsApi.equity(job.id, cancelled), [job.id]);
  const trades = useReading((cancelled) => jobsApi.trades(job.id, cancelled), [job.id]);
  return (
    <>
      <FigureTable result={result} />
      <Panel id="equity" class="equity-panel" title={t("equity")}>
        {equity.error && <Failure error={equity.error} retry={equity.again} />}
        {!equity.error && !equity.value && <Loading />}
        {equity.value && equity.value.length === 0 && <Empty>{t("no-equity")}</Empty>}
        {equity.value && equity.value.length > 0 && <EquityChart points={equity.value} />}
      </Panel>
      <Months years={monthsOf(result["monthly"])} />
      <Panel id="trades" class="wide" title={t("trades")}>
        {trades.error && <Failure error={trades.error} retry={trades.again} />}
        {!trades.error && !trades.value && <Loading />}
        {trades.value && trades.value.length === 0 && <Empty>{t("no-trades")}</Empty>}
        {trades.value && trades.value.length > 0 && <Trades trades={trades.value} job={job} />}
      </Panel>
    </>
  );
}

function FigureTable({ result }: { result: Record<string, unknown> }) {
  const [metrics, held] = [figuresOf(result["metrics"]), figuresOf(result["buy_and_hold"])];
  const intervals = (result["intervals"] ?? {}) as Record<string, [number, number] | null>;
  const bound = (name: string) => {
    const found = intervals[name];
    return Array.isArray(found) ? t("from-to", { from: figureText(name, found[0]), to: figureText(name, found[1]) }) : "";
  };
  const columns: Column<string>[] = [
    { id: "figure", title: t("figure"), cell: (name) => figureName(name) },
    { id: "run", title: t("strategy"), numeric: true, cell: (name) => <Figure name={name} value={metrics[name]} /> },
    {
      id: "held",
      title: t("buy-and-hold"),
      numeric: true,
      cell: (name) => (name in held ? <Figure name={name} value={held[name]} /> : ""),
    },
    { id: "interval", title: t("interval"), numeric: true, cell: bound },
  ];
  return (
    <Panel id="figures" class="figures-panel" title={t("figures")} footer={costsText(result)}>
      {Object.keys(metrics).length === 0 ? (
        <Empty>{t("no-figures")}</Empty>
      ) : (
        <Table label={t("figures")} columns={columns} rows={inOrder(Object.keys(metrics))} rowKey={(name) => name} />
      )}
    </Panel>
  );
}

function Trades({ trades, job }: { trades: Trade[]; job: Job }) {
  const symbols = [...new Set(trades.map((trade) => trade.symbol))];
  const [symbol, setSymbol] = useState(symbols[0] ?? "");
  const columns: Column<Trade>[] = [
    { id: "symbol", title: t("instrument"), by: (row) => row.symbol, cell: (row) => <InstrumentLink symbol={row.symbol} /> },
    { id: "side", title: t("side"), by: (row) => row.side, cell: (row) => t(`side-${row.side}`) },
    { id: "entry", title: t("entry"), by: (row) => row.entry, cell: (row) => row.entry },
    { id: "entry_price", title: t("entry-price"), numeric: true, by: (row) => row.entry_price, cell: (row) => plain(row.entry_price) },
    { id: "exit", title: t("exit"), by: (row) => row.exit, cell: (row) => row.exit },
    { id: "exit_price", title: t("exit-price"), numeric: true, by: (row) => row.exit_price, cell: (row) => plain(row.exit_price) },
    {
      id: "reason",
      title: t("exit-reason"),
      by: (row) => row.exit_reason,
      cell: (row) => maybe(`exit-by-${row.exit_reason}`) ?? row.exit_reason,
    },
    { id: "bars", title: t("bars"), numeric: true, by: (row) => row.bars, cell: (row) => row.bars },
    { id: "return", title: t("return"), numeric: true, by: (row) => row.return, cell: (row) => <Move value={row.return} digits={1} /> },
    { id: "mae", title: t("figure-mae"), numeric: true, by: (row) => row.mae, cell: (row) => percent(row.mae, 1) },
    { id: "mfe", title: t("figure-mfe"), numeric: true, by: (row) => row.mfe, cell: (row) => percent(row.mfe, 1) },
    { id: "pnl", title: t("profit"), numeric: true, by: (row) => row.pnl, cell: (row) => plain(row.pnl) },
  ];
  return (
    <>
      <TradeChart
        symbol={symbol}
        symbols={symbols}
        choose={setSymbol}
        trades={trades.filter((trade) => trade.symbol === symbol)}
        timeframe={job.timeframe ?? "1Day"}
        isTape={Boolean(job.tape)}
      />
      <Table label={t("trades")} columns={columns} rows={trades} rowKey={(row) => `${row.symbol} ${row.entry} ${row.exit} ${row.shares}`} />
    </>
  );
}
