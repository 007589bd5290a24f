// Names of instruments, industries, timeframes, rules, patterns and sources in the language of the page.
import { TIMEFRAME_TABLE } from "../data/timeframes";
import { language, maybe, t } from "./words";

export function nameOf(thing: { name: string; name_ko: string }): string {
  return language() === "ko" && thing.name_ko ? thing.name_ko : thing.name;
}

// A timeframe by its name, or by its word of conditions, which data sets have.
export function timeframeName(timeframe: string): string {
  const row = TIMEFRAME_TABLE.find((each) => each.name === timeframe || each.word === timeframe);
  return row ? row.label[language() === "ko" ? 1 : 0] : timeframe;
}

export function sourceName(name: string): string {
  return maybe(`source-${name}`) ?? name;
}

export function reasonText(name: string): string {
  return maybe(`reason-${name.replaceAll("_", "-")}`) ?? t("reason-other");
}

export function ruleName(name: string, parameters: Record<string, number> = {}): string {
  const text = maybe(`rule-${name.replaceAll("_", "-")}`) ?? name.replaceAll("_", " ");
  const period = name.startsWith("sma_breakout") ? parameters["period"] : undefined;
  const drop = name === "drop_from_high" ? parameters["drop"] : undefined;
  if (period !== undefined) return `${text} ${period}`;
  if (drop !== undefined) return `${text} ${Math.round(drop * 100)}%`;
  return text;
}
