// One option of a run: a choice, a date, a number with its unit, or a text.
import type { ComponentChildren } from "preact";
import type { BodyField } from "../../data/capabilities";
import { errorText, original } from "../../i18n/problems";
import { language } from "../../i18n/words";
import { ConditionField, useExplanation } from "../../ui/condition";
import { Original } from "../../ui/original";
import type { Kind } from "./jobs";
import { fieldHint, fieldLabel, isPercent, optionsOf, optionText, typedText } from "./run_fields";

const NO_SYMBOLS: string[] = [];
const EXAMPLES = { entry: "golden_cross", exit: "dead_cross" };
const GRID_EXAMPLES = { entry: "golden_cross({fast}, {slow})", exit: "dead_cross({fast}, {slow})" };

interface Props {
  kind: Kind;
  field: BodyField;
  text: string;
  size: string; // how the size of a position is chosen
  type: (text: string) => void;
  wrong: Error | null; // what the gateway says about it
}

export function RunField(props: Props) {
  const { kind, field, text, size, type, wrong } = props;
  const label = (
    <>
      {fieldLabel(kind, field.name, size)} <small>{fieldHint(kind, field.name, size)}</small>
    </>
  );
  if (field.name === "entry" || field.name === "exit") {
    return (
      <SignalField
        label={label}
        example={(kind === "grids" ? GRID_EXAMPLES : EXAMPLES)[field.name]}
        text={text}
        type={type}
        wrong={wrong}
      />
    );
  }
  return (
    <div class={`select ${wrong ? "wrong" : ""} ${field.type === "ranges" ? "broad" : ""}`}>
      <label for={`run-${field.name}`} title={aboutOf(field)}>
        {label}
      </label>
      <Control {...props} />
      <Wrong error={wrong} />
    </div>
  );
}

// The API describes its fields in English.
const aboutOf = ({ about }: BodyField) => (language() === "en" && about ? about : undefined);

function Control({ field, text, size, type, wrong }: Props) {
  const { name, isRequired } = field;
  const usual = typedText(field.otherwise, isPercent(name, size));
  const options = optionsOf(field);
  const shared = { id: `run-${name}`, "aria-invalid": wrong !== null };
  if (options.length > 0) {
    return (
      <select {...shared} value={text || usual} onChange={(event) => type(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {optionText(name, option)}
          </option>
        ))}
      </select>
    );
  }
  const onInput = (event: Event) => type((event.currentTarget as HTMLInputElement).value);
  if (field.type === "ranges") {
    return (
      <textarea {...shared} rows={3} value={text} placeholder={"fast = 5:50:5\nslow = 50,100,200"} spellcheck={false} onInput={onInput} />
    );
  }
  if (field.type === "date") return <input {...shared} type="date" value={text} onInput={onInput} />;
  return (
    <input
      {...shared}
      type="text"
      inputMode={field.type === "number" ? "decimal" : "text"}
      value={text}
      placeholder={name === "symbols" ? "AAPL, 005930.KS" : usual}
      required={isRequired}
      spellcheck={false}
      onInput={onInput}
    />
  );
}

interface SignalProps {
  label: ComponentChildren;
  example: string;
  text: string;
  type: (text: string) => void;
  wrong: Error | null;
}

// A rule, a pattern or a condition: names of rules are no conditions, so that only what is one is explained.
function SignalField({ label, example, text, type, wrong }: SignalProps) {
  const isCondition = ["<", ">", "=", " crosses ", " and ", " or "].some((sign) => text.includes(sign)) && !text.includes("{");
  const explained = useExplanation(isCondition ? text : "", NO_SYMBOLS);
  return (
    <div class="signal-field">
      <ConditionField label={label} text={text} change={type} explained={explained} placeholder={example} />
      <Wrong error={wrong} />
    </div>
  );
}

function Wrong({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <div class="wrong" role="alert">
      <p>{errorText(error)}</p>
      <Original text={original(error)} />
    </div>
  );
}
