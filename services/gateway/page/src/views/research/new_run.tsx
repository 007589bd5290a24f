// A form for a run, made from the gateway's own description of the request.
import { useState } from "preact/hooks";
import { go, route } from "../../app/router";
import { ApiError } from "../../data/api";
import type { BodyField, Capabilities } from "../../data/capabilities";
import { t } from "../../i18n/words";
import { Choices } from "../../ui/choices";
import { ConditionField, useExplanation } from "../../ui/condition";
import { Panel } from "../../ui/panel";
import { Absent } from "../../ui/states";
import { bodyOf, jobsApi, KINDS, type Kind } from "./jobs";

const FIRST = ["entry", "exit", "symbols", "timeframe", "tape", "direction", "ranges", "constraints"];
const NO_SYMBOLS: string[] = [];

export function NewRun({ capabilities }: { capabilities: Capabilities }) {
  const { query } = route.value;
  const [kind, setKind] = useState<Kind>(KINDS.find((each) => each === query["kind"]) ?? "backtests");
  const [typed, setTyped] = useState<Record<string, string>>({ ...query });
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
  const ordered = [
    ...fields.filter((each) => FIRST.includes(each.name)).sort((a, b) => FIRST.indexOf(a.name) - FIRST.indexOf(b.name)),
    ...fields.filter((each) => !FIRST.includes(each.name)),
  ];
  const type = (name: string, text: string) => setTyped({ ...typed, [name]: text });
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
  const wrong = error instanceof ApiError ? (error.problem.field ?? "") : "";
  return (
    <Panel
      id="new-run"
      class="wide"
      title={t("research-new")}
      actions={<Choices label={t("kind")} options={KINDS} value={kind} name={(each) => t(`new-${each}`)} choose={setKind} />}
      footer={t("costs-note")}
    >
      <form class="run-form" onSubmit={send}>
        {ordered.map((field) => (
          <Field
            key={`${kind} ${field.name}`}
            field={field}
            text={typed[field.name] ?? ""}
            type={(text) => type(field.name, text)}
            isWrong={wrong === field.name}
          />
        ))}
        <div class="wide actions">
          <button type="submit" class="button primary" disabled={isSending}>
            {t("start-run")}
          </button>
          {error && (
            <p class="wrong" role="alert">
              {error.message}
            </p>
          )}
        </div>
      </form>
    </Panel>
  );
}

interface FieldProps {
  field: BodyField;
  text: string;
  type: (text: string) => void;
  isWrong: boolean;
}

function Field({ field, text, type, isWrong }: FieldProps) {
  const { name, about } = field;
  const label = name.replaceAll("_", " ");
  if (name === "entry" || name === "exit") return <SignalField label={label} text={text} type={type} />;
  return (
    <div class={`select ${isWrong ? "wrong" : ""}`}>
      <label for={`run-${name}`} title={about || undefined}>
        {label}
      </label>
      <Control field={field} text={text} type={type} />
    </div>
  );
}

function Control({ field, text, type }: Omit<FieldProps, "isWrong">) {
  const { name, options, isRequired, otherwise } = field;
  const usual = otherwise === null || typeof otherwise === "object" ? "" : String(otherwise);
  const choices = field.type === "boolean" ? ["true", "false"] : options;
  const id = `run-${name}`;
  if (choices.length > 0) {
    return (
      <select id={id} value={text || usual} onChange={(event) => type(event.currentTarget.value)}>
        {choices.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  if (field.type === "ranges") {
    return (
      <textarea
        id={id}
        rows={3}
        value={text}
        placeholder={"fast = 5:50:5\nslow = 50,100,200"}
        spellcheck={false}
        onInput={(event) => type(event.currentTarget.value)}
      />
    );
  }
  if (field.type === "date") return <input id={id} type="date" value={text} onInput={(event) => type(event.currentTarget.value)} />;
  return (
    <input
      id={id}
      type="text"
      inputMode={field.type === "number" ? "decimal" : "text"}
      value={text}
      placeholder={usual}
      required={isRequired}
      spellcheck={false}
      onInput={(event) => type(event.currentTarget.value)}
    />
  );
}

// A rule, a pattern or a condition: names of rules are no conditions, so that only what is one is explained.
function SignalField({ label, text, type }: { label: string; text: string; type: (text: string) => void }) {
  const isCondition = ["<", ">", "=", " crosses ", " and ", " or "].some((sign) => text.includes(sign)) && !text.includes("{");
  const explained = useExplanation(isCondition ? text : "", NO_SYMBOLS);
  return (
    <div class="signal-field">
      <ConditionField
        label={label}
        text={text}
        change={type}
        explained={explained}
        placeholder={label === "exit" ? "dead_cross" : "golden_cross"}
      />
    </div>
  );
}
