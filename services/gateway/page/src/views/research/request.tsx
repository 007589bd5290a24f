// What a run was asked for, its files, and its address to share.
import { dateTime } from "../../i18n/format";
import { t } from "../../i18n/words";
import { CopyLine } from "../../ui/copy_line";
import { type Job, KIND_OF } from "./jobs";
import { fieldLabel, isPercent, optionText, typedText } from "./run_fields";
import { signalName } from "./run_title";

// The options and the bars of the request, under the names of the API; what is not set is left out.
export function requestOf(job: Job): Record<string, unknown> {
  const { parameters, symbols, timeframe, start, end, tape } = job;
  const all = { ...parameters, symbols, timeframe, start, end, tape };
  const isSet = (value: unknown) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isSet(value)));
}

export function Request({ job }: { job: Job }) {
  const asked = requestOf(job);
  const size = typeof asked["size"] === "string" ? asked["size"] : "";
  return (
    <div class="body">
      <dl class="asked">
        {Object.entries(asked).map(([name, value]) => (
          <div key={name}>
            <dt>{fieldLabel(KIND_OF[job.kind] ?? "backtests", name, size)}</dt>
            <dd>{valueText(name, value, isPercent(name, size))}</dd>
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
      <p class="hint">
        {[
          t("run-id", { id: job.id }),
          job.data_hash && t("run-hashes", { data: job.data_hash.slice(0, 12), code: (job.code_version ?? "").slice(0, 12) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </div>
  );
}

function valueText(name: string, value: unknown, percent: boolean): string {
  if (name === "entry" || name === "exit") return signalName(String(value));
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, range]) => `${key} = ${String(range)}`)
      .join("; ");
  }
  return typeof value === "number" ? typedText(value, percent) : optionText(name, String(value));
}
