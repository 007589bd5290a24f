// The list of runs, newest first; several backtests can be compared.
import { useState } from "preact/hooks";
import { address, go } from "../../app/router";
import { dateTime } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { type Job, jobsApi } from "./jobs";

export function Runs() {
  const reading = useReading((cancelled) => jobsApi.list(cancelled), []);
  const [chosen, setChosen] = useState<string[]>([]);
  const jobs = reading.value?.results ?? [];
  const flip = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id].slice(-6));
  const columns: Column<Job>[] = [
    {
      id: "compare",
      title: t("compare-runs"),
      cell: (job) =>
        job.kind === "backtest" &&
        job.state === "done" && (
          <input
            type="checkbox"
            aria-label={`${t("compare-runs")}: ${job.id}`}
            checked={chosen.includes(job.id)}
            onChange={() => flip(job.id)}
          />
        ),
    },
    { id: "id", title: t("run"), by: (job) => job.id, cell: (job) => <a href={address("research", `runs/${job.id}`)}>{job.id}</a> },
    { id: "kind", title: t("kind"), by: (job) => job.kind, cell: (job) => t(`kind-${job.kind}`) },
    {
      id: "state",
      title: t("state"),
      by: (job) => job.state,
      cell: (job) => <span class={`state ${job.state === "failed" ? "failing" : ""}`}>{t(`job-${job.state}`)}</span>,
    },
    { id: "created", title: t("created"), by: (job) => job.created, cell: (job) => dateTime(job.created) },
    { id: "error", title: t("reason"), cell: (job) => job.error?.message ?? "" },
  ];
  return (
    <Panel
      id="runs"
      class="wide"
      title={t("research-runs")}
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
