// Where a condition last held on the stored bars.
import type { Explanation } from "../../data/types";
import { date, plain } from "../../i18n/format";
import { noHistory } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

type Held = NonNullable<Explanation["history"]>[number];

export function HeldTimes({ found }: { found: Explanation }) {
  if (!found.history) return <p class="hint">{noHistory(found.history_code)}</p>;
  if (!found.history.length) return null;
  const columns: Column<Held>[] = [
    { id: "symbol", title: t("instrument"), by: (row) => row.symbol, cell: (row) => <InstrumentLink symbol={row.symbol} /> },
    {
      id: "held",
      title: t("held-on"),
      numeric: true,
      by: (row) => row.held,
      cell: (row) => (row.bars ? t("held-of", { held: plain(row.held, 0), bars: plain(row.bars, 0) }) : <Missing why={t("why-no-bars")} />),
    },
    { id: "unknown", title: t("unknown-on"), numeric: true, by: (row) => row.unknown, cell: (row) => plain(row.unknown, 0) },
    {
      id: "dates",
      title: t("last-held"),
      cell: (row) =>
        row.dates
          .slice(0, 5)
          .map((each) => date(each))
          .join(" · ") || t("never"),
    },
  ];
  return <Table label={t("held-on")} columns={columns} rows={found.history} rowKey={(row) => row.symbol} />;
}
