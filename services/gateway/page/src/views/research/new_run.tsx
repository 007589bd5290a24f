// A form for a run, made from the gateway's own description of the request, in the words of the catalogue.
import { useState } from "preact/hooks";
import { address, go, route } from "../../app/router";
import { ApiError } from "../../data/api";
import type { Capabilities } from "../../data/capabilities";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { Choices } from "../../ui/choices";
import { Panel } from "../../ui/panel";
import { Absent } from "../../ui/states";
import { jobsApi, KINDS, type Kind } from "./jobs";
import { bodyOf } from "./run_body";
import { RunField } from "./run_field";
import { type FormPart, formParts, OPEN_GROUPS } from "./run_fields";

export function NewRun({ capabilities }: { capabilities: Capabilities }) {
  const { kind: asked, ...given } = route.value.query;
  const [kind, setKind] = useState<Kind>(KINDS.find((each) => each === asked) ?? "backtests");
  const [typed, setTyped] = useState<Record<string, string>>(given);
  const [error, setError] = useState<Error | null>(null);
  const [isSending, setSending] = useState(false);
  const path = `/v1/research/${kind}`;
  if (!capabilities.has(path, "post")) {
    return (
      <Panel id="new-run" class="wide" title={t("research-new")}>
        <Absent what={t("absent-jobs")} />
      </Panel>
    );
  }
  const fields = capabilities.body(path);
  const send = (event: Event) => {
    event.preventDefault();
    setSending(true);
    setError(null);
    jobsApi.request(kind, bodyOf(fields, typed)).then(
      (job) => go("research", `runs/${job.id}`),
      (reason: Error) => {
        setError(reason);
        setSending(false);
      },
    );
  };
  const choose = (chosen: Kind) => {
    setKind(chosen);
    setError(null);
  };
  const named = error instanceof ApiError ? (error.problem.field ?? "") : "";
  const isPlaced = fields.some((each) => each.name === named);
  const parts = formParts(kind, fields);
  const field = (each: FormPart["fields"][number]) => (
    <RunField
      key={`${kind} ${each.name}`}
      kind={kind}
      field={each}
      size={typed["size"] ?? ""}
      text={typed[each.name] ?? ""}
      type={(text) => setTyped((before) => ({ ...before, [each.name]: text }))}
      wrong={error && named === each.name ? errorText(error) : ""}
    />
  );
  return (
    <Panel
      id="new-run"
      class="wide"
      title={t("research-new")}
      actions={<Choices label={t("kind")} options={KINDS} value={kind} name={(each) => t(`new-${each}`)} choose={choose} />}
      footer={
        <>
          {t("costs-note")} <a href={address("research", "records")}>{t("quality-instead")}</a>
        </>
      }
    >
      <form onSubmit={send}>
        <p class="hint panel-hint">{t(`new-${kind}-about`)}</p>
        {parts.map(({ group, fields: shown }) => (
          <details
            key={`${kind} ${group}`}
            class="run-part"
            open={OPEN_GROUPS.includes(group) || group === parts[0]?.group || shown.some(({ name }) => name === named || typed[name])}
          >
            <summary>{t(`run-part-${group}`)}</summary>
            <div class="run-form">{shown.map(field)}</div>
          </details>
        ))}
        <div class="actions run-actions">
          <button type="submit" class="button primary" disabled={isSending}>
            {t("start-run")}
          </button>
          {error && !isPlaced && (
            <p class="wrong" role="alert">
              {errorText(error)}
            </p>
          )}
          {error && isPlaced && <p class="wrong">{t("run-wrong")}</p>}
        </div>
      </form>
    </Panel>
  );
}
