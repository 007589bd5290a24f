// The largest moves of today, and what the watchlist did. Drawn once a second at most.
import { useState } from "preact/hooks";
import type { Quote } from "../../data/types";
import { dateTime, volume } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Choices } from "../../ui/choices";
import { InstrumentLink } from "../../ui/instrument_link";
import { Move, Price } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { useThrottled } from "../../ui/throttled";

const MOST = 10;
const DRAW_MS = 1000;
const KINDS = ["gainers", "losers"] as const;
type Moved = Quote & { change_percent: number };

// Quotes with a known move, the largest rise (or fall) first.
export function movers(quotes: readonly Quote[], kind: (typeof KINDS)[number]): Quote[] {
  const turn = kind === "gainers" ? -1 : 1;
  const isMoved = (quote: Quote): quote is Moved => quote.change_percent !== null && quote.change_percent * turn < 0;
  return quotes
    .filter(isMoved)
    .sort((a, b) => turn * (a.change_percent - b.change_percent))
    .slice(0, MOST);
}

function useQuotes(symbols: readonly string[]): Quote[] {
  const { market } = useSession();
  useThrottled(market.changes, DRAW_MS);
  return symbols.flatMap((symbol) => market.quote(symbol).peek() ?? []);
}

export function Movers() {
  const { market } = useSession();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("gainers");
  const stocks = useQuotes(market.quoted).filter((quote) =>
    ["stock", "etf", "crypto"].includes(market.instrument(quote.symbol)?.kind ?? "stock"),
  );
  const rows = movers(stocks, kind);
  return (
    <Panel
      id="movers"
      class="movers-panel"
      title={t("movers")}
      actions={<Choices label={t("movers")} options={KINDS} value={kind} name={(each) => t(each)} choose={setKind} />}
    >
      {rows.length === 0 ? <p class="empty">{t("no-movers")}</p> : <QuoteTable label={t("movers")} rows={rows} />}
    </Panel>
  );
}

export function WatchlistMoves() {
  const { watchlist, market } = useSession();
  const symbols = watchlist.symbols;
  const rows = useQuotes(symbols);
  const missing = symbols.filter((symbol) => !market.quote(symbol).peek());
  return (
    <Panel id="mine" class="mine-panel" title={t("watchlist")}>
      {rows.length === 0 && <p class="empty">{t(symbols.length ? "no-quotes" : "empty-watchlist")}</p>}
      {rows.length > 0 && <QuoteTable label={t("watchlist")} rows={rows} />}
      {rows.length > 0 && missing.length > 0 && (
        <p class="hint panel-hint">
          {t("without-price")}{" "}
          {missing.map((symbol, i) => (
            <span key={symbol}>
              {i > 0 && ", "}
              <InstrumentLink symbol={symbol} />
            </span>
          ))}
        </p>
      )}
    </Panel>
  );
}

function QuoteTable({ label, rows }: { label: string; rows: Quote[] }) {
  const { market } = useSession();
  const name = (row: Quote) => nameOf(market.instrument(row.symbol) ?? { name: row.symbol, name_ko: row.symbol });
  const columns: Column<Quote>[] = [
    { id: "name", title: t("instrument"), by: name, cell: (row) => <InstrumentLink symbol={row.symbol} /> },
    { id: "price", title: t("price"), numeric: true, by: (row) => row.last_price, cell: (row) => <Price symbol={row.symbol} /> },
    { id: "move", title: t("change"), numeric: true, by: (row) => row.change_percent, cell: (row) => <Move value={row.change_percent} /> },
    {
      id: "volume",
      title: t("bar-volume"),
      numeric: true,
      by: (row) => row.volume,
      cell: (row) => (row.volume === null ? <Missing why={t("why-no-volume")} /> : volume(row.volume)),
    },
    { id: "date", title: t("last-trade"), by: (row) => row.date, cell: (row) => dateTime(row.date, market.instrument(row.symbol)) },
  ];
  return <Table label={label} columns={columns} rows={rows} rowKey={(row) => row.symbol} />;
}
