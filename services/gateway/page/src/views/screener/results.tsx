// The instruments on whose newest bar the condition holds: their values there, and live prices.
import type { Instrument, Quote } from "../../data/types";
import { date, plain, price, volume } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Move, Price } from "../../ui/numbers";
import { useSession } from "../../ui/session";
import { Empty, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { useThrottled } from "../../ui/throttled";
import { columnTitle, isOverPrice } from "../instrument/columns";
import type { Match, Screening } from "./screening";

export const LIVE_COLUMNS = ["price", "change", "volume", "high", "industry", "exchange", "last"] as const;
const DRAW_MS = 1000;
const PRICES = new Set(["open", "close", "prev_close"]);

type Row = Match & { quote: Quote | null };

interface Props {
  found: Screening;
  columns: readonly string[];
  isDone: boolean;
}

export function Results({ found, columns, isDone }: Props) {
  const { market } = useSession();
  useThrottled(market.changes, DRAW_MS);
  const rows: Row[] = found.matches.map((each) => ({ ...each, quote: market.quote(each.symbol).peek() }));
  const instrument = (row: Row) => market.instrument(row.symbol);
  const industries = (row: Row) =>
    (instrument(row)?.industries ?? [])
      .map((id) => market.industries.value.find((each) => each.industry === id))
      .flatMap((each) => (each ? [nameOf(each)] : []));
  const belowHigh = (row: Row) => (row.quote?.year_high ? row.quote.last_price / row.quote.year_high - 1 : null);
  const live: Record<(typeof LIVE_COLUMNS)[number], Omit<Column<Row>, "id" | "title">> = {
    price: { numeric: true, by: (row) => row.quote?.last_price, cell: (row) => <Price symbol={row.symbol} /> },
    change: { numeric: true, by: (row) => row.quote?.change_percent, cell: (row) => <Move value={row.quote?.change_percent} /> },
    volume: {
      numeric: true,
      by: (row) => row.quote?.volume,
      cell: (row) => (row.quote?.volume == null ? <Missing why={t("why-no-volume")} /> : volume(row.quote.volume)),
    },
    high: { numeric: true, by: belowHigh, cell: (row) => <Move value={belowHigh(row)} why={t("why-no-range")} /> },
    industry: { by: (row) => industries(row).join(), cell: (row) => industries(row).join(", ") },
    exchange: { by: (row) => instrument(row)?.exchange, cell: (row) => instrument(row)?.exchange ?? <Missing why={t("why-not-listed")} /> },
    last: { by: (row) => row.date, cell: (row) => date(row.date, instrument(row)) },
  };
  const valued = [...new Set(found.matches.flatMap((each) => Object.keys(each.values)))];
  const shown: Column<Row>[] = [
    {
      id: "name",
      title: t("instrument"),
      by: (row) => nameOf(instrument(row) ?? { name: row.symbol, name_ko: row.symbol }),
      cell: (row) => <InstrumentLink symbol={row.symbol} />,
    },
    ...LIVE_COLUMNS.filter((name) => columns.includes(name)).map((name) => ({ id: name, title: t(`column-${name}`), ...live[name] })),
    ...valued.map((name) => valueColumn(name, instrument)),
  ];
  return (
    <>
      {isDone && rows.length === 0 && <Empty>{t("no-result")}</Empty>}
      {rows.length > 0 && <Table label={t("results")} columns={shown} rows={rows} rowKey={(row) => row.symbol} />}
      {found.matched > rows.length && <p class="hint panel-hint">{t("more-results", { shown: rows.length, all: found.matched })}</p>}
      {found.unknown > 0 && <p class="hint panel-hint">{t("without-values", { n: found.unknown })}</p>}
    </>
  );
}

// A value on the newest bar, as analysis computed it.
function valueColumn(name: string, instrument: (row: Row) => Instrument | undefined): Column<Row> {
  const isPrice = PRICES.has(name) || isOverPrice(name);
  return {
    id: `value ${name}`,
    title: columnTitle(name),
    numeric: true,
    by: (row) => row.values[name],
    cell: (row) => {
      const value = row.values[name];
      return value == null ? <Missing why={t("why-no-value")} /> : isPrice ? price(value, instrument(row)) : plain(value, 4);
    },
  };
}
