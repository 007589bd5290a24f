// The newest and the oldest quote of each exchange.
import { dateTime } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { useThrottled } from "../../ui/throttled";
import { type Freshness, freshness } from "./freshness";

const DRAW_MS = 2000;

export function DataAge() {
  const { market } = useSession();
  useThrottled(market.changes, DRAW_MS);
  const rows = freshness([...market.instruments.value.values()], (symbol) => market.quote(symbol).peek());
  const columns: Column<Freshness>[] = [
    { id: "exchange", title: t("exchange"), by: (row) => row.exchange, cell: (row) => row.exchange },
    { id: "instruments", title: t("instruments"), numeric: true, by: (row) => row.instruments, cell: (row) => row.instruments },
    { id: "quoted", title: t("with-price"), numeric: true, by: (row) => row.quoted, cell: (row) => row.quoted },
    {
      id: "newest",
      title: t("newest-price"),
      by: (row) => row.newest,
      cell: (row) => (row.newest ? dateTime(row.newest) : <Missing why={t("no-price")} />),
    },
    {
      id: "oldest",
      title: t("oldest-price"),
      by: (row) => row.oldest,
      cell: (row) => (row.oldest ? dateTime(row.oldest) : <Missing why={t("no-price")} />),
    },
    { id: "replayed", title: t("replayed-column"), numeric: true, by: (row) => row.replayed, cell: (row) => row.replayed },
  ];
  return (
    <Panel id="age" class="two-thirds" title={t("data-age")}>
      {rows.length === 0 ? (
        <Empty>{t("no-instruments")}</Empty>
      ) : (
        <Table label={t("data-age")} columns={columns} rows={rows} rowKey={(row) => row.exchange} />
      )}
    </Panel>
  );
}
