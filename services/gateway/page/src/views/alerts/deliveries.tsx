// What became of the alerts that were sent to the linked chat, the newest first.
import { useEffect, useState } from "preact/hooks";
import { own } from "../../data/own_api";
import type { Delivery } from "../../data/types";
import { dateTime } from "../../i18n/format";
import { ruleName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { InstrumentLink } from "../../ui/instrument_link";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { useSession } from "../../ui/session";
import { Absent, Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

const STATES = ["sent", "pending", "sending", "unknown", "failed", "expired", "muted"] as const;
const READ_MS = 15_000;
type State = (typeof STATES)[number];

export function Deliveries() {
  const { account } = useSession();
  const [state, setState] = useState<State | "">("");
  const owner = account.owner.value;
  return (
    <Panel
      id="deliveries"
      class="two-thirds"
      title={t("deliveries")}
      actions={
        owner && (
          <Select
            label={t("state")}
            hidden
            options={["", ...STATES]}
            value={state}
            name={(each) => t(`delivery-${each || "any"}`)}
            choose={setState}
          />
        )
      }
    >
      {owner ? <Rows key={`${owner} ${state}`} state={state || null} /> : <Absent what={t("deliveries-need-key")} />}
    </Panel>
  );
}

// The newest page is read again from time to time, until older ones are asked for.
function Rows({ state }: { state: State | null }) {
  const { account } = useSession();
  const [pages, setPages] = useState(1);
  const reading = useReading(
    async (cancelled) => {
      const rows: Delivery[] = [];
      let token: string | null = null;
      for (let page = 0; page < pages; page += 1) {
        const found: Awaited<ReturnType<typeof own.deliveries>> = await own.deliveries(state, token, cancelled);
        rows.push(...found.results);
        token = found.next_page_token;
        if (!token) break;
      }
      return { rows, isAll: token === null };
    },
    [pages],
  );
  const { again } = reading;
  useEffect(() => {
    if (pages > 1) return;
    const timer = setInterval(again, READ_MS);
    return () => clearInterval(timer);
  }, [pages, again]);
  const found = reading.value;
  const columns: Column<Delivery>[] = [
    { id: "created", title: t("bar-date"), by: (row) => row.created, cell: (row) => dateTime(row.created) },
    { id: "symbol", title: t("instrument"), by: (row) => row.symbol, cell: (row) => <InstrumentLink symbol={row.symbol} /> },
    {
      id: "rule",
      title: t("signal"),
      by: (row) => row.rule,
      cell: (row) => `${ruleName(row.rule)} (${t(`direction-${row.direction}`)})`,
    },
    {
      id: "state",
      title: t("state"),
      by: (row) => row.status,
      cell: (row) => (
        <span class={`state ${row.status === "failed" ? "failing" : row.status}`} title={t(`delivery-${row.status}-about`)}>
          {t(`delivery-${row.status}`)}
        </span>
      ),
    },
    { id: "tries", title: t("tries"), numeric: true, by: (row) => row.tries, cell: (row) => row.tries },
    { id: "error", title: t("reason"), by: (row) => row.error, cell: (row) => row.error },
  ];
  return (
    <>
      {reading.error && <Failure error={reading.error} retry={again} />}
      {!found && !reading.error && <Loading />}
      {found?.rows.length === 0 && <Empty>{t(account.view.value?.linked ? "no-deliveries" : "no-deliveries-unlinked")}</Empty>}
      {found && found.rows.length > 0 && (
        <Table label={t("deliveries")} columns={columns} rows={found.rows} rowKey={(row) => `${row.signal_id} ${row.created}`} />
      )}
      {found && !found.isAll && (
        <button type="button" class="button older" disabled={reading.isBusy} onClick={() => setPages(pages + 1)}>
          {t("older-deliveries")}
        </button>
      )}
    </>
  );
}
