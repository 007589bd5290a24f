// The list of runs, newest first; several backtests can be compared.
import { useEffect, useState } from "preact/hooks";
import { go } from "../../app/router";
import { dateTime } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { hasEnded, type Job, jobsApi, MOST_COMPARED, reasonOf } from "./jobs";
import { RunLink } from "./run_link";
import { runTitle } from "./run_title";

const POLL_MS = 3000; // while one waits or runs

export function Runs() {
  const reading = useReading((cancelled) => jobsApi.list(cancelled), []);
  const [chosen, setChosen] = useState<string[]>([]);
  const jobs = reading.value?.results ?? [];
  const hasOpen = jobs.some((job) => !hasEnded(job));
  useEffect(() => {
    if (!hasOpen) return;
    const timer = setInterval(reading.again, POLL_MS);
    return () => clearInterval(timer);
  }, [hasOpen]);
  const flip = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id].slice(-MOST_COMPARED));
  const columns: Column<Job>[] = [
    {
      id: "compare",
      title: t("compare-short"),
      cell: (job) =>
        job.kind === "backtest" &&
        job.state === "done" && (
          <input
            type="checkbox"
            aria-label={`${t("compare-runs")}: ${runTitle(job)}, ${dateTime(job.created)}`}
            checked={chosen.includes(job.id)}
            onChange={() => flip(job.id)}
          />
        ),
    },
    { id: "run", title: t("run"), by: runTitle, cell: (job) => <RunLink job={job} />, broad: true },
    { id: "kind", title: t("kind"), by: (job) => job.kind, cell: (job) => t(`kind-${job.kind}`) },
    {
      id: "state",
      title: t("state"),
      by: (job) => job.state,
      cell: (job) => <span class={`state ${job.state === "failed" ? "failing" : ""}`}>{t(`job-${job.state}`)}</span>,
    },
    { id: "created", title: t("created"), by: (job) => job.created, cell: (job) => dateTime(job.created) },
    { id: "error", title: t("reason"), cell: reasonOf, broad: true },
  ];
  return (
    <Panel
      id="runs"
      class="wide"
      title={t("research-runs")}
      footer={t("runs-hint")}
      actions={
        <div class="choices">
          <button type="button" disabled={chosen.length < 2} onClick={() => go("research", "runs/compare", { ids: chosen.join(",") })}>
            {t("compare-chosen")}
          </button>
          <button type="button" onClick={reading.again}>
            {t("read-again")}
          </button>
        </div>
      }
    >
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.value && !reading.error && <Loading />}
      {reading.value && jobs.length === 0 && <Empty>{t("no-runs")}</Empty>}
      {jobs.length > 0 && <Table label={t("research-runs")} columns={columns} rows={jobs} rowKey={(job) => job.id} />}
    </Panel>
  );
}
