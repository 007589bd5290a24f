// The result of a discovery: what was tried, and what stayed better than chance on the rest.
import { percent, plain, share } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { Empty, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import type { Job } from "./jobs";

interface Finding {
  signal: string;
  n: number;
  horizon_bars: number;
  win_rate: number;
  mean_return: number;
  base_rate: number;
  worst: number;
  q_value: number | null;
}

export function DiscoveryResult({ job }: { job: Job }) {
  const result = job.result ?? {};
  const findings = Array.isArray(result["findings"]) ? (result["findings"] as Finding[]) : [];
  const columns: Column<Finding>[] = [
    { id: "signal", title: t("signal"), by: (row) => row.signal, cell: (row) => <code>{row.signal}</code> },
    { id: "n", title: t("cases"), numeric: true, by: (row) => row.n, cell: (row) => row.n },
    { id: "horizon", title: t("horizon"), numeric: true, by: (row) => row.horizon_bars, cell: (row) => row.horizon_bars },
    { id: "wins", title: t("figure-win-rate"), numeric: true, by: (row) => row.win_rate, cell: (row) => share(row.win_rate) },
    { id: "mean", title: t("mean-return"), numeric: true, by: (row) => row.mean_return, cell: (row) => percent(row.mean_return, 1) },
    { id: "base", title: t("base-rate"), numeric: true, by: (row) => row.base_rate, cell: (row) => percent(row.base_rate, 1) },
    { id: "worst", title: t("worst"), numeric: true, by: (row) => row.worst, cell: (row) => percent(row.worst, 0) },
    {
      id: "q",
      title: t("q-value"),
      numeric: true,
      by: (row) => row.q_value,
      cell: (row) => (row.q_value === null ? <Missing why={t("why-undefined")} /> : plain(row.q_value, 3)),
    },
  ];
  const number = (name: string) => (typeof result[name] === "number" ? plain(result[name], 0) : "–");
  return (
    <Panel id="findings" class="wide" title={t("findings")} footer={t("advice")}>
      <p class="panel-hint">{t("tried-text", { tried: number("tried"), frequent: number("frequent"), validated: number("validated") })}</p>
      {findings.length === 0 ? (
        <Empty>{t("no-findings")}</Empty>
      ) : (
        <Table label={t("findings")} columns={columns} rows={findings} rowKey={(row) => row.signal} />
      )}
    </Panel>
  );
}
