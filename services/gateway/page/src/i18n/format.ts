// Formats numbers and times in the language and time zone of the page.
import { ZONES_OF_EXCHANGES } from "../data/exchanges";
import { preferences } from "../data/preferences";
import type { Instrument } from "../data/types";
import { fixed, percentage, places, volumes } from "./decimals";
import { language } from "./words";

const MINUS = "\u2212";
export const UNKNOWN = "–";
type Known = number | null | undefined;

export function price(value: Known, instrument?: Instrument): string {
  return value == null ? UNKNOWN : withMinusSign(fixed(value, places(value, instrument)));
}

// The format of an axis: all its prices have the decimals of the price `near`.
export function scale(near: number, instrument?: Instrument): { minMove: number; formatter: (value: number) => string } {
  const decimals = places(near, instrument);
  return { minMove: Number(`1e-${decimals.most}`), formatter: (value) => withMinusSign(fixed(value, decimals)) };
}

export function percent(fraction: Known, digits = 2): string {
  return fraction == null ? UNKNOWN : withMinusSign(percentage(fraction, digits));
}

// A share without a sign: 0.61 is 61%.
export function share(fraction: Known, digits = 0): string {
  return fraction == null ? UNKNOWN : `${fixed(fraction * 100, { least: digits, most: digits })}%`;
}

export function plain(value: Known, most = 2): string {
  return value == null ? UNKNOWN : withMinusSign(fixed(value, { least: 0, most }));
}

// A difference of prices, with the decimals of the price `near`.
export function signedPrice(value: Known, instrument: Instrument | undefined, near: number): string {
  if (value == null) return UNKNOWN;
  const text = fixed(value, places(near, instrument));
  return text.startsWith("-") || !/[1-9]/.test(text) ? withMinusSign(text) : `+${text}`;
}

export function volume(value: Known): string {
  return value == null ? UNKNOWN : withMinusSign(volumes(value, language()));
}

function withMinusSign(text: string): string {
  return text.replace(/^-/, MINUS);
}

// The chosen time zone; undefined is that of the browser. Without an instrument, "exchange" is the browser's too.
export function zone(instrument?: Instrument): string | undefined {
  if (preferences.zone.value === "korea") return "Asia/Seoul";
  return preferences.zone.value === "exchange" ? ZONES_OF_EXCHANGES[instrument?.exchange ?? ""] : undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function inZone(at: number | string, options: Intl.DateTimeFormatOptions, instrument?: Instrument): string {
  const timeZone = zone(instrument);
  const key = `${language()} ${timeZone} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language(), { ...options, ...(timeZone ? { timeZone } : {}) });
    formats.set(key, format);
  }
  return format.format(new Date(at));
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export function dateTime(iso: string, instrument?: Instrument): string {
  return `${date(iso, instrument)} ${inZone(iso, CLOCK, instrument)}`;
}

export function date(iso: string, instrument?: Instrument): string {
  return inZone(iso, { year: "numeric", month: "short", day: "numeric" }, instrument);
}

// The time of day, with seconds on request; with the date where it is not today.
export function clockTime(iso: string, seconds = false): string {
  const day = (at: number | string) => inZone(at, { dateStyle: "short" });
  const time: Intl.DateTimeFormatOptions = { ...CLOCK, ...(seconds ? { second: "2-digit" } : {}) };
  return inZone(iso, day(iso) === day(Date.now()) ? time : { month: "short", day: "numeric", ...time });
}

export function shortDateTime(milliseconds: number, instrument?: Instrument): string {
  return inZone(milliseconds, { month: "short", day: "numeric", ...CLOCK }, instrument);
}
