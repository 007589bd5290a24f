// What was rejected, what could not be handled, and the jobs of research that wait or run.
import { clockTime, plain } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { type Job, jobsApi } from "../research/jobs";
import { RunLink } from "../research/run_link";
import { runTitle } from "../research/run_title";

export function Rejected() {
  const { status } = useSession();
  const found = status.value;
  const letters = Object.entries(found?.dead_letters ?? {});
  return (
    <Panel
      id="rejected"
      class="third"
      title={t("rejected")}
      footer={
        <>
          {t("operations-instead")} <code>python -m infra.quarantine sum</code>, <code>python -m infra.dead_letters list</code>
        </>
      }
    >
      <dl class="facts">
        <div>
          <dt>{t("quarantined")}</dt>
          <dd>{found?.quarantined == null ? <Missing why={t("why-no-broker")} /> : plain(found.quarantined, 0)}</dd>
        </div>
        {found?.dead_letters && letters.length === 0 && (
          <div>
            <dt>{t("dead-letters")}</dt>
            <dd>{t("none")}</dd>
          </div>
        )}
        {!found?.dead_letters && (
          <div>
            <dt>{t("dead-letters")}</dt>
            <dd>
              <Missing why={t("why-no-broker")} />
            </dd>
          </div>
        )}
        {letters.map(([topic, count]) => (
          <div key={topic}>
            <dt>
              {t("dead-letters")} <code>{topic}</code>
            </dt>
            <dd class="wrong">{plain(count, 0)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

export function JobQueue() {
  const reading = useReading((cancelled) => jobsApi.open(cancelled), []);
  const columns: Column<Job>[] = [
    { id: "run", title: t("run"), by: runTitle, cell: (job) => <RunLink job={job} />, broad: true },
    { id: "kind", title: t("kind"), by: (job) => job.kind, cell: (job) => t(`kind-${job.kind}`) },
    { id: "state", title: t("state"), by: (job) => job.state, cell: (job) => t(`job-${job.state}`) },
    {
      id: "progress",
      title: t("progress"),
      cell: ({ progress, ahead }) =>
        progress.total ? `${plain(progress.done, 0)} / ${plain(progress.total, 0)}` : ahead === null ? "" : t("ahead", { n: ahead }),
    },
    { id: "created", title: t("since"), by: (job) => job.created, cell: (job) => clockTime(job.created) },
  ];
  return (
    <Panel
      id="queue"
      class="two-thirds"
      title={t("job-queue")}
      actions={
        <div class="choices">
          <button type="button" onClick={reading.again}>
            {t("read-again")}
          </button>
        </div>
      }
    >
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value?.length === 0 && <Empty>{t("no-open-jobs")}</Empty>}
      {reading.value && reading.value.length > 0 && (
        <Table label={t("job-queue")} columns={columns} rows={reading.value} rowKey={(job) => job.id} />
      )}
    </Panel>
  );
}
