// One run: how far it is, with a way to cancel it, and its result.
import { useEffect, useState } from "preact/hooks";
import { address } from "../../app/router";
import { plain } from "../../i18n/format";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { Original } from "../../ui/original";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Failure, Loading } from "../../ui/states";
import { BacktestResult } from "./backtest_result";
import { DiscoveryResult } from "./discovery_result";
import { GridResult } from "./grid_result";
import { hasEnded, type Job, jobsApi, KIND_OF, noteOf, originalOf, reasonOf } from "./jobs";
import { QualityResult } from "./quality_result";
import { Request, requestOf } from "./request";
import { typedOf } from "./run_body";
import { runTitle } from "./run_title";

const POLL_MS = 1000;

export function JobPage({ id }: { id: string }) {
  const reading = useReading((cancelled) => jobsApi.one(id, cancelled), [id]);
  const job = reading.value;
  const isOpen = job !== null && !hasEnded(job);
  useEffect(() => {
    if (!isOpen || reading.isBusy) return;
    const timer = setTimeout(reading.again, POLL_MS);
    return () => clearTimeout(timer);
  }, [isOpen, reading.isBusy, job]);
  if (!job) {
    return (
      <Panel id="job" class="wide" title={t("run")}>
        {reading.error ? <Failure error={reading.error} retry={reading.again} /> : <Loading />}
      </Panel>
    );
  }
  return (
    <>
      <Panel
        id="job"
        class="wide"
        title={[...new Set([t(`kind-${job.kind}`), runTitle(job)])].join(" · ")}
        actions={<Actions job={job} again={reading.again} />}
      >
        <Progress job={job} />
        <Request job={job} />
      </Panel>
      {job.state === "done" && <Result job={job} />}
    </>
  );
}

function Actions({ job, again }: { job: Job; again: () => void }) {
  const [error, setError] = useState<Error | null>(null);
  const kind = KIND_OF[job.kind];
  const cancel = () => {
    jobsApi.cancel(job.id).then(again, setError);
  };
  return (
    <div class="choices no-print">
      {error && <span class="wrong">{errorText(error)}</span>}
      {!hasEnded(job) && (
        <button type="button" onClick={cancel}>
          {t("cancel")}
        </button>
      )}
      {kind && <a href={address("research", "new", { kind, ...typedOf(requestOf(job)) })}>{t("run-again")}</a>}
      <button type="button" onClick={() => print()}>
        {t("print")}
      </button>
    </div>
  );
}

function Progress({ job }: { job: Job }) {
  const { done, total } = job.progress;
  return (
    <div class="progress" role="status">
      <b>{t(`job-${job.state}`)}</b>
      {!hasEnded(job) && <progress {...(total ? { value: done, max: total } : {})} aria-label={t("progress")} />}
      <span>
        {[
          job.ahead === null ? "" : t("ahead", { n: job.ahead }),
          total && !hasEnded(job) ? `${plain(done, 0)} / ${plain(total, 0)}` : "",
          hasEnded(job) ? "" : noteOf(job),
          reasonOf(job),
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
      <Original text={originalOf(job)} />
    </div>
  );
}

function Result({ job }: { job: Job }) {
  if (job.kind === "backtest") return <BacktestResult job={job} />;
  if (job.kind === "grid") return <GridResult job={job} />;
  if (job.kind === "discovery") return <DiscoveryResult job={job} />;
  if (job.kind === "quality") return <QualityResult job={job} />;
  return null;
}
