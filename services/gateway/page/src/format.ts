// Formats numbers and times.
import { fixed, percentage, places, volumes } from "./decimals";
import type { Instrument } from "./types";
import { language } from "./translations";

const MINUS = "\u2212";
const UNKNOWN = "–";

export function price(value: number | null, instrument?: Instrument): string {
  return value === null ? UNKNOWN : withMinusSign(fixed(value, places(value, instrument)));
}

// The format of an axis: all its prices have the decimals of the price `near`.
export function scale(near: number, instrument?: Instrument): { minMove: number; formatter: (value: number) => string } {
  const decimals = places(near, instrument);
  return { minMove: Number(`1e-${decimals.most}`), formatter: (value) => withMinusSign(fixed(value, decimals)) };
}

export function percent(fraction: number | null, digits = 2): string {
  return fraction === null ? UNKNOWN : withMinusSign(percentage(fraction, digits));
}

// A difference of prices, with the decimals of the price `near`.
export function signedPrice(value: number | null, instrument: Instrument | undefined, near: number): string {
  if (value === null) return UNKNOWN;
  const text = fixed(value, places(near, instrument));
  return text.startsWith("-") || !/[1-9]/.test(text) ? withMinusSign(text) : `+${text}`;
}

export function volume(value: number | null): string {
  return value === null ? UNKNOWN : withMinusSign(volumes(value, language()));
}

function withMinusSign(text: string): string {
  return text.replace(/^-/, MINUS);
}

export function dateTime(iso: string): string {
  const date = new Date(iso);
  const day = new Intl.DateTimeFormat(language(), { year: "numeric", month: "short", day: "numeric" }).format(date);
  const time = new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  return `${day} ${time}`;
}

// The time of day, with seconds on request; with the date where it is not today.
export function clockTime(iso: string, seconds = false): string {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(seconds ? { second: "2-digit" } : {}) };
  return new Intl.DateTimeFormat(language(), today ? time : { month: "short", day: "numeric", ...time }).format(date);
}

export function shortDateTime(milliseconds: number): string {
  return new Intl.DateTimeFormat(language(), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    milliseconds,
  );
}
