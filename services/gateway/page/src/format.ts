// Numbers and times for people.
import type { Instrument } from "./types";
import { language } from "./words";

const MINUS = "\u2212";
const formats = new Map<string, Intl.NumberFormat>();

function number(value: number, digits: number): string {
  const key = `${language()}${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value).replace("-", MINUS);
}

const WHOLE = new Set(["KRW", "JPY"]); // nobody pays a fraction of a won or a yen; points of an index and rates have them

export function digits(instrument: Instrument | undefined, price: number): number {
  if (instrument?.kind === "fx") return price < 10 ? 4 : 2;
  if (instrument && WHOLE.has(instrument.currency) && instrument.kind !== "index") return 0;
  return price < 1 ? 4 : 2;
}

export function price(value: number | null, instrument?: Instrument): string {
  return value === null ? "–" : number(value, digits(instrument, value));
}

export function percent(fraction: number | null, places = 2): string {
  if (fraction === null) return "–";
  const text = number(Math.abs(fraction) * 100, places);
  return `${fraction > 0 ? "+" : fraction < 0 ? MINUS : ""}${text}%`;
}

export function signed(value: number | null, instrument?: Instrument, near = 1): string {
  if (value === null) return "–";
  return `${value > 0 ? "+" : value < 0 ? MINUS : ""}${number(Math.abs(value), digits(instrument, near))}`;
}

export function volume(value: number | null): string {
  if (value === null) return "–";
  return new Intl.NumberFormat(language(), { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function moment(iso: string): string {
  const date = new Date(iso);
  const day = new Intl.DateTimeFormat(language(), { year: "numeric", month: "short", day: "numeric" }).format(date);
  const time = new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  return `${day} ${time}`;
}

// The hour of today; with the date where it is another day, to the second where that matters.
export function hour(iso: string, seconds = false): string {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(seconds ? { second: "2-digit" } : {}) };
  return new Intl.DateTimeFormat(language(), today ? time : { month: "short", day: "numeric", ...time }).format(date);
}

export function short(milliseconds: number): string {
  return new Intl.DateTimeFormat(language(), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    milliseconds,
  );
}
