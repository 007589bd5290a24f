// What is known about the options of runs: the part of the form they stand in, and their unit. An option that is not known stands last.

import type { BodyField } from "../../data/capabilities";
import { SIGNALS } from "../../data/signals";
import { TAPES } from "../../data/tapes";
import { TIMEFRAMES } from "../../data/types";
import { ruleName, timeframeName } from "../../i18n/names";
import { PERCENT } from "../../i18n/percents";
import { hint, maybe, t } from "../../i18n/words";
import type { Kind } from "./jobs";

export const GROUPS = ["signal", "data", "exits", "size", "costs", "search", "features", "more"] as const;
export type Group = (typeof GROUPS)[number];
export const OPEN_GROUPS: readonly Group[] = ["signal", "data", "exits"];

const NAMES: Record<Group, readonly string[]> = {
  signal: ["entry", "exit", "direction", "ranges", "constraints", "rule", "level", "horizon"],
  data: ["symbols", "timeframe", "tape", "start", "end"],
  exits: ["stop_loss", "take_profit", "trailing", "time_exit", "both_hit"],
  size: ["size", "size_value", "window", "shares", "max_positions", "leverage", "cash", "account", "prices"],
  costs: ["commission_bp", "slippage_bp", "borrow", "cost_bps"],
  search: [
    ...["objective", "minimum_trades", "radius", "test", "split", "folds", "window", "tested", "holding", "embargo", "blocks"],
    ...["earlier_trials", "within", "size", "least", "most", "share", "horizon", "index"],
  ],
  features: ["features", "labels", "train", "validation", "embargo", "scaling"],
  more: ["page"],
};
// A kind has the options of these parts alone: size is that of a position or of a candidate.
const PARTS: Record<Kind, readonly Group[]> = {
  backtests: ["signal", "data", "exits", "size", "costs", "more"],
  grids: ["signal", "data", "exits", "costs", "search"],
  discoveries: ["search", "data", "costs"],
  quality: ["signal", "data", "costs"],
  datasets: ["features", "data"],
};
const PERCENT_SIZES = ["fraction", "volatility", "risk"];

export interface FormPart {
  group: Group;
  fields: BodyField[];
}

export function formParts(kind: Kind, fields: readonly BodyField[]): FormPart[] {
  const named = PARTS[kind].map((group) => ({
    group,
    fields: NAMES[group].flatMap((name) => fields.filter((each) => each.name === name)),
  }));
  const known = new Set(named.flatMap((part) => part.fields));
  const others = fields.filter((each) => !known.has(each));
  const last = named.find((part) => part.group === "more");
  const all = last ? named : [...named, { group: "more" as const, fields: [] }];
  return all
    .map((part) => (part.group === "more" ? { ...part, fields: [...part.fields, ...others] } : part))
    .filter((part) => part.fields.length > 0);
}

// Whether a number is typed in percent and sent as a fraction; that of a size depends on how the size is chosen.
export function isPercent(name: string, size: string): boolean {
  return PERCENT.includes(name) || (name === "size_value" && PERCENT_SIZES.includes(size || "fraction"));
}

export function fieldLabel(kind: Kind, name: string, size: string): string {
  return maybe(messageOf(kind, name, size)) ?? name;
}

export function fieldHint(kind: Kind, name: string, size: string): string {
  return hint(messageOf(kind, name, size));
}

function messageOf(kind: Kind, name: string, size: string): string {
  const words = name.replaceAll("_", "-");
  const narrow = name === "size_value" ? `run-size-value-${(size || "fraction").replaceAll("_", "-")}` : `run-${kind}-${words}`;
  return maybe(narrow) === null ? `run-${words}` : narrow;
}

// What a field may be: the choices of the gateway's description, the bundled tapes, and the rules and chart patterns.
export function optionsOf(field: BodyField): readonly string[] {
  if (field.type === "boolean") return ["true", "false"];
  if (field.name === "timeframe") return TIMEFRAMES.filter((each) => field.options.includes(each)); // from short to long
  if (field.name === "rule") return ["", ...SIGNALS];
  return field.name === "tape" ? ["", ...TAPES] : field.options;
}

export function optionText(name: string, option: string): string {
  if (name === "timeframe") return timeframeName(option);
  if (name === "tape") return option ? (maybe(`tape-${option}`) ?? option) : t("tape-none");
  if (name === "rule") return option ? ruleName(option) : t("any-signal");
  if (option === "true" || option === "false") return t(option === "true" ? "yes" : "no");
  return maybe(`run-${name.replaceAll("_", "-")}-${(option || "any").replaceAll("_", "-")}`) ?? option;
}

// The value of an option as it is typed; what it is without one where it has none.
export function typedText(value: unknown, percent: boolean): string {
  if (value === null || value === undefined || typeof value === "object") return "";
  return percent && typeof value === "number" ? String(Number((value * 100).toPrecision(12))) : String(value);
}
