// The alerts of the key's owner: paused, resumed, removed and taken back.
import { useEffect } from "preact/hooks";
import { own } from "../../data/own_api";
import type { OwnedList } from "../../data/owned_list";
import type { Alert } from "../../data/types";
import { date } from "../../i18n/format";
import { nameOf, timeframeName } from "../../i18n/names";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Absent, Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { toast } from "../../ui/toasts";

const READ_MS = 15_000; // the bot may change them

export function AlertList({ alerts }: { alerts: OwnedList<Alert> }) {
  const { account } = useSession();
  const owner = account.owner.value;
  useEffect(() => {
    if (!owner) return;
    alerts.read();
    const timer = setInterval(() => alerts.read(), READ_MS);
    return () => {
      clearInterval(timer);
      alerts.forget();
    };
  }, [owner, alerts]);
  const rows = alerts.rows.value;
  const error = alerts.error.value ?? account.error.value;
  return (
    <Panel id="alert-list" class="wide" title={t("alert-list")}>
      {!account.hasKey.value && <Absent what={t("alerts-need-key")} instead={t("alerts-at-bot")} />}
      {account.hasKey.value && error && <Failure error={error} retry={() => (owner ? alerts.again() : account.refresh())} />}
      {account.hasKey.value && !rows && !error && <Loading />}
      {rows?.length === 0 && <Empty>{t("no-alerts")}</Empty>}
      {rows && rows.length > 0 && <AlertTable alerts={alerts} rows={rows} />}
    </Panel>
  );
}

function AlertTable({ alerts, rows }: { alerts: OwnedList<Alert>; rows: readonly Alert[] }) {
  const { account } = useSession();
  const fail = (error: Error) => toast(t("not-changed", { why: errorText(error) }));
  const put = ({ number }: Alert, enabled: boolean) => {
    const changed = (each: Alert): Alert => (each.number === number ? { ...each, enabled, stopped: enabled ? "" : "paused" } : each);
    alerts
      .change(
        (all) => all.map(changed),
        () => own.putAlert(number, enabled),
      )
      .catch(fail);
  };
  const remove = (removed: Alert) => {
    alerts
      .change(
        (all) => all.filter((each) => each.number !== removed.number),
        () => own.removeAlert(removed.number),
      )
      .then(() => toast(t("removed", { name: removed.condition }), () => restore(removed)), fail);
  };
  const restore = (removed: Alert) => {
    alerts
      .change(
        (all) => [...all, removed].sort((a, b) => a.number - b.number),
        () => own.putAlert(removed.number, removed.enabled),
      )
      .catch(fail);
  };
  const columns: Column<Alert>[] = [
    { id: "number", title: t("alert-number"), numeric: true, by: (row) => row.number, cell: (row) => row.number },
    { id: "condition", title: t("condition"), by: (row) => row.condition, cell: (row) => <code>{row.condition}</code> },
    { id: "about", title: t("alert-about"), by: (row) => row.targets.join(), cell: (row) => <About alert={row} /> },
    { id: "timeframe", title: t("timeframe"), by: (row) => row.timeframe, cell: (row) => timeframeName(row.timeframe) },
    {
      id: "frequency",
      title: t("alert-frequency"),
      by: (row) => row.frequency,
      cell: (row) => t(`frequency-${row.frequency.replaceAll("_", "-")}`),
    },
    { id: "created", title: t("created"), by: (row) => row.created, cell: (row) => date(row.created) },
    {
      id: "state",
      title: t("state"),
      by: stateOf,
      cell: (row) => <span class={`state ${stateOf(row)}`}>{t(`alert-${stateOf(row)}`)}</span>,
    },
  ];
  if (account.canWrite.value) {
    columns.push({
      id: "actions",
      title: t("alert-actions"),
      cell: (row) => (
        <span class="row-actions">
          <button type="button" class="button" onClick={() => put(row, !row.enabled)}>
            {t(row.enabled ? "alert-pause" : "alert-resume")}
          </button>
          <button type="button" class="button" aria-label={`${t("delete")}: ${row.condition}`} onClick={() => remove(row)}>
            {t("delete")}
          </button>
        </span>
      ),
    });
  }
  return <Table label={t("alert-list")} columns={columns} rows={rows} rowKey={(row) => String(row.number)} />;
}

function About({ alert }: { alert: Alert }) {
  const { market } = useSession();
  if (alert.scope === "watched") return <>{t("my-watchlist")}</>;
  if (alert.scope === "industry") {
    const known = market.industries.value.filter((each) => alert.targets.includes(each.industry));
    return <>{known.length ? known.map(nameOf).join(", ") : alert.targets.join(", ")}</>;
  }
  return (
    <>
      {alert.targets.map((symbol, i) => (
        <span key={symbol}>
          {i > 0 && ", "}
          <InstrumentLink symbol={symbol} />
        </span>
      ))}
    </>
  );
}

function stateOf(alert: Alert): string {
  return alert.enabled ? "running" : alert.stopped || "paused";
}
