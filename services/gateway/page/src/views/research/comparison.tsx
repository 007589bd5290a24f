// Backtests side by side.
import { address } from "../../app/router";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { EquityLines, type NamedEquity } from "./equity_lines";
import { Figure, figureName, figuresOf } from "./figures";
import { type Job, jobsApi } from "./jobs";

export function Comparison({ ids }: { ids: string[] }) {
  const reading = useReading((cancelled) => Promise.all(ids.map((id) => jobsApi.one(id, cancelled))), [ids.join(",")]);
  const jobs = reading.value ?? [];
  const equity = useReading(
    (cancelled) =>
      Promise.all(
        jobs
          .filter((job) => job.kind === "backtest" && job.state === "done")
          .map(async (job): Promise<NamedEquity> => ({ name: title(job), points: await jobsApi.equity(job.id, cancelled) })),
      ),
    [reading.value],
  );
  const figures = jobs.map((job) => figuresOf(job.result?.["metrics"]));
  const names = [...new Set(figures.flatMap((each) => Object.keys(each)))];
  const columns: Column<string>[] = [
    { id: "figure", title: t("figure"), cell: (name) => figureName(name) },
    ...jobs.map(
      (job, i): Column<string> => ({
        id: job.id,
        title: title(job),
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
      {equity.value && <EquityLines runs={equity.value} />}
      {equity.error && <Failure error={equity.error} retry={equity.again} />}
      {names.length > 0 && <Table label={t("compare-runs")} columns={columns} rows={names} rowKey={(name) => name} />}
    </Panel>
  );
}

function title(job: Job): string {
  const { entry, exit } = (job.parameters ?? {}) as { entry?: string; exit?: string };
  return [entry ?? job.id, exit, job.symbols?.join(" ")].filter(Boolean).join(" / ");
}
