// A row of buttons of which one is chosen, and a button that is on or off.
import type { ComponentChildren } from "preact";

interface Props<T extends string> {
  label: string;
  options: readonly T[];
  value: T;
  name: (option: T) => string;
  choose: (option: T) => void;
  class?: string;
}

export function Choices<T extends string>({ label, options, value, name, choose, class: more = "choices" }: Props<T>) {
  return (
    <fieldset class={more} aria-label={label}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => choose(option)}>
          {name(option)}
        </button>
      ))}
    </fieldset>
  );
}

export function Toggle({ on, flip, children }: { on: boolean; flip: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="toggle" aria-pressed={on} onClick={flip}>
      {children}
    </button>
  );
}

interface SelectProps<T extends string> {
  label: string;
  options: readonly T[];
  value: T;
  name: (option: T) => string;
  choose: (option: T) => void;
  id?: string;
  hidden?: boolean; // the label is for screen readers alone
}

export function Select<T extends string>({ label, options, value, name, choose, id, hidden }: SelectProps<T>) {
  return (
    <label class="select">
      <span class={hidden ? "unseen" : undefined}>{label}</span>
      <select {...(id ? { id } : {})} value={value} onChange={(event) => choose(event.currentTarget.value as T)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {name(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
