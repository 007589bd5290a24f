// Backtests side by side.
import { address } from "../../app/router";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { EquityLines, type NamedEquity } from "./equity_lines";
import { Figure, figureName, figuresOf, inOrder } from "./figures";
import { jobsApi } from "./jobs";
import { runData, runTitle } from "./run_title";

export function Comparison({ ids }: { ids: string[] }) {
  const reading = useReading((cancelled) => Promise.all(ids.map((id) => jobsApi.one(id, cancelled))), [ids.join(",")]);
  const jobs = reading.value ?? [];
  const equity = useReading(
    (cancelled) =>
      Promise.all(
        jobs
          .filter((job) => job.kind === "backtest" && job.state === "done")
          .map(async (job): Promise<NamedEquity> => ({ name: runTitle(job), points: await jobsApi.equity(job.id, cancelled) })),
      ),
    [reading.value],
  );
  const figures = jobs.map((job) => figuresOf(job.result?.["metrics"]));
  const names = inOrder(new Set(figures.flatMap((each) => Object.keys(each))));
  const columns: Column<string>[] = [
    { id: "figure", title: t("figure"), cell: (name) => figureName(name) },
    ...jobs.map(
      (job, i): Column<string> => ({
        id: job.id,
        title: runTitle(job),
        about: runData(job),
        numeric: true,
        cell: (name) => <Figure name={name} value={figures[i]?.[name]} />,
      }),
    ),
  ];
  return (
    <Panel
      id="comparison"
      class="wide"
      title={t("compare-runs")}
      actions={
        <a class="choices" href={address("research", "runs")}>
          {t("research-runs")}
        </a>
      }
    >
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value && names.length === 0 && <Empty>{t("no-compared-figures")}</Empty>}
      {equity.value && <EquityLines runs={equity.value} />}
      {equity.error && <Failure error={equity.error} retry={equity.again} />}
      {names.length > 0 && <Table label={t("compare-runs")} columns={columns} rows={names} rowKey={(name) => name} />}
    </Panel>
  );
}
