// One run: how far it is, with a way to cancel it, and its result.
import { useEffect, useState } from "preact/hooks";
import { dateTime, plain } from "../../i18n/format";
import { t } from "../../i18n/words";
import { CopyLine } from "../../ui/copy_line";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Failure, Loading } from "../../ui/states";
import { BacktestResult } from "./backtest_result";
import { DiscoveryResult } from "./discovery_result";
import { GridResult } from "./grid_result";
import { hasEnded, type Job, jobsApi } from "./jobs";

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
      <Panel id="job" class="wide" title={id}>
        {reading.error ? <Failure error={reading.error} retry={reading.again} /> : <Loading />}
      </Panel>
    );
  }
  return (
    <>
      <Panel id="job" class="wide" title={`${t(`kind-${job.kind}`)} · ${id}`} actions={<Actions job={job} again={reading.again} />}>
        <Progress job={job} />
        <Request job={job} />
      </Panel>
      {job.state === "done" && <Result job={job} />}
    </>
  );
}

function Actions({ job, again }: { job: Job; again: () => void }) {
  const [error, setError] = useState<Error | null>(null);
  const cancel = () => {
    jobsApi.cancel(job.id).then(again, setError);
  };
  return (
    <div class="choices no-print">
      {error && <span class="wrong">{error.message}</span>}
      {!hasEnded(job) && (
        <button type="button" onClick={cancel}>
          {t("cancel")}
        </button>
      )}
      <button type="button" onClick={() => print()}>
        {t("print")}
      </button>
    </div>
  );
}

function Progress({ job }: { job: Job }) {
  const { done, total, note } = job.progress;
  return (
    <div class="progress" role="status">
      <b>{t(`job-${job.state}`)}</b>
      {!hasEnded(job) && <progress {...(total ? { value: done, max: total } : {})} aria-label={t("progress")} />}
      <span>
        {[
          job.ahead === null ? "" : t("ahead", { n: job.ahead }),
          total && !hasEnded(job) ? `${plain(done, 0)} / ${plain(total, 0)}` : "",
          note,
          job.error?.message ?? "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </div>
  );
}

function Request({ job }: { job: Job }) {
  const asked = Object.entries({
    ...job.parameters,
    symbols: job.symbols?.join(", "),
    timeframe: job.timeframe,
    start: job.start,
    end: job.end,
    tape: job.tape,
  }).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return (
    <div class="body">
      <dl class="asked">
        {asked.map(([name, value]) => (
          <div key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("created")}</dt>
          <dd>{dateTime(job.created)}</dd>
        </div>
      </dl>
      {job.files && job.files.length > 0 && (
        <p class="files no-print">
          {t("files")}{" "}
          {job.files.map((file) => (
            <a key={file.name} href={file.url} download={file.name} title={file.sha256}>
              {file.name}
            </a>
          ))}
        </p>
      )}
      <div class="no-print">
        <CopyLine text={location.href} />
      </div>
      {job.data_hash && (
        <p class="hint">{t("run-hashes", { data: job.data_hash.slice(0, 12), code: (job.code_version ?? "").slice(0, 12) })}</p>
      )}
    </div>
  );
}

function Result({ job }: { job: Job }) {
  if (job.kind === "backtest") return <BacktestResult job={job} />;
  if (job.kind === "grid") return <GridResult job={job} />;
  if (job.kind === "discovery") return <DiscoveryResult job={job} />;
  return null;
}
