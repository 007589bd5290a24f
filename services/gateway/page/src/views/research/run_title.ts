// What a run is about, in words: its id tells nobody anything.
import { date } from "../../i18n/format";
import { ruleName, timeframeName } from "../../i18n/names";
import { maybe, t } from "../../i18n/words";
import type { Job } from "./jobs";

const SHOWN = 3;

// Entry and exit, or the rule, where the run has them; otherwise its kind.
export function runTitle(job: Job): string {
  const { entry, exit, rule } = (job.parameters ?? {}) as { entry?: unknown; exit?: unknown; rule?: unknown };
  if (typeof rule === "string" && rule) return ruleName(rule);
  if (typeof entry !== "string" || !entry) return t(`kind-${job.kind}`);
  return typeof exit === "string" && exit ? t("run-title", { entry: signalName(entry), exit: signalName(exit) }) : signalName(entry);
}

// The bars it was made on: instruments, timeframe, range, and the tape where it is one.
export function runData(job: Job): string {
  const symbols = job.symbols ?? [];
  const named =
    symbols.length > SHOWN ? t("and-others", { named: symbols.slice(0, SHOWN).join(", "), n: symbols.length - SHOWN }) : symbols.join(", ");
  const range = job.start || job.end ? t("from-to", { from: job.start ? date(job.start) : "…", to: job.end ? date(job.end) : "…" }) : "";
  const tape = job.tape ? t("of-tape", { tape: job.tape }) : "";
  return [named || t("all-instruments"), job.timeframe ? timeframeName(job.timeframe) : "", range, tape].filter(Boolean).join(" · ");
}

// A rule has a name; a condition stands as it was written.
export function signalName(text: string): string {
  return maybe(`rule-${text.trim().replaceAll("_", "-")}`) ? ruleName(text.trim()) : text;
}
