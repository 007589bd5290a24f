// A field for a condition: completion of names, what it means, and where it is wrong.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, api } from "../data/api";
import { backoff } from "../data/repeated_read";
import type { Explanation } from "../data/types";
import { errorText } from "../i18n/problems";
import { language, t } from "../i18n/words";
import { completions, type Suggestion, wordBefore } from "./completion";

const CHECK_DELAY_MS = 400;
const AGAIN_MS = 1000; // after a failure; the delay doubles with each
const LATEST_MS = 30_000;

export interface Explained {
  value: Explanation | null;
  error: Error | null;
  position: number | null; // of the error in the text
  isBusy: boolean; // the text has changed since: nothing is to be done with what is said of the one before
}

const NOTHING = { about: "", value: null, error: null, position: null };

// What the gateway says about the text, a moment after it has stopped changing; that of the text before until then.
export function useExplanation(text: string, symbols: readonly string[]): Explained {
  const [found, setFound] = useState<Omit<Explained, "isBusy"> & { about: string }>(NOTHING);
  const key = symbols.join(",");
  const about = text.trim() && `${key} ${text}`;
  useEffect(() => {
    const request = new AbortController();
    if (!text.trim()) {
      setFound(NOTHING);
      return;
    }
    let timer = 0;
    const ask = (delay: number, tries: number) => {
      timer = window.setTimeout(() => {
        api.explain(text, key ? key.split(",") : [], 10, request.signal).then(
          ({ results }) => setFound({ ...NOTHING, about, value: results[0] ?? null }),
          (error: Error) => {
            if (request.signal.aborted) return;
            const isRefused = error instanceof ApiError && error.status < 500;
            const position = isRefused ? (error.problem.position ?? null) : null;
            setFound({ ...NOTHING, about, error, position });
            if (!isRefused) ask(backoff(tries, AGAIN_MS, LATEST_MS), tries + 1); // it may be answered later
          },
        );
      }, delay);
    };
    ask(CHECK_DELAY_MS, 0);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [text, key]);
  return { ...found, isBusy: found.about !== about };
}

interface Props {
  text: string;
  change: (text: string) => void;
  explained: Explained;
  label?: ComponentChildren;
  placeholder?: string;
}

export function ConditionField({ text, change, explained, label, placeholder }: Props) {
  const id = useId();
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const word = wordBefore(text, caret);
  const offered = useMemo(() => (isOpen && word ? completions(word) : []), [isOpen, word]);
  const take = (suggestion: Suggestion) => {
    const from = caret - word.length;
    change(text.slice(0, from) + suggestion.insert + text.slice(caret));
    setOpen(false);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (!offered.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChosen((chosen + step + offered.length) % offered.length);
    else if (event.key === "Enter" || event.key === "Tab") take(offered[chosen] ?? (offered[0] as Suggestion));
    else if (event.key === "Escape") setOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <div class="condition">
      <label class="select">
        <span>{label ?? t("condition")}</span>
        <textarea
          ref={field}
          rows={2}
          maxLength={500}
          value={text}
          spellcheck={false}
          aria-haspopup="listbox"
          {...(offered.length ? { "aria-activedescendant": `${id}-${chosen}` } : {})}
          aria-controls={id}
          aria-autocomplete="list"
          aria-invalid={explained.error !== null}
          placeholder={placeholder ?? "rsi_14 < 30 and close > sma_200 on 1d"}
          onInput={(event) => {
            change(event.currentTarget.value);
            setCaret(event.currentTarget.selectionStart);
            setOpen(true);
            setChosen(0);
          }}
          onKeyDown={onKey}
          onBlur={() => setTimeout(() => setOpen(false), 150)}
        />
      </label>
      <div class="completions" id={id} role="listbox" aria-label={t("completions")} hidden={offered.length === 0}>
        {offered.map((each, i) => (
          <div key={each.insert} id={`${id}-${i}`} role="option" tabIndex={-1} aria-selected={i === chosen} onMouseDown={() => take(each)}>
            <code>{each.insert}</code> <small>{language() === "ko" ? each.ko : each.en}</small>
          </div>
        ))}
      </div>
      <Verdict text={text} explained={explained} />
    </div>
  );
}

function Verdict({ text, explained }: { text: string; explained: Explained }) {
  const { value, error, position, isBusy } = explained;
  return (
    <div class="verdict" aria-live="polite">
      {error && (
        <div class="wrong">
          <p>{errorText(error)}</p>
          {position !== null && (
            <pre>
              {text}
              {"\n"}
              {" ".repeat(position)}^
            </pre>
          )}
        </div>
      )}
      {value && <p>{value.words[language()] ?? value.condition}</p>}
      {value && <code>{value.condition}</code>}
      {isBusy && <span class="hint">{t("checking")}</span>}
    </div>
  );
}
