// Numbers and times for people.
import { fixed, percentage, places, volumes } from "./decimals";
import type { Instrument } from "./types";
import { language } from "./words";

const MINUS = "\u2212";
const NONE = "–";

export function price(value: number | null, instrument?: Instrument): string {
  return value === null ? NONE : minus(fixed(value, places(value, instrument)));
}

// The prices of one axis: all with the decimals of the price near them.
export function scale(near: number, instrument?: Instrument): { minMove: number; formatter: (value: number) => string } {
  const wanted = places(near, instrument);
  return { minMove: Number(`1e-${wanted.most}`), formatter: (value) => minus(fixed(value, wanted)) };
}

export function percent(fraction: number | null, digits = 2): string {
  return fraction === null ? NONE : minus(percentage(fraction, digits));
}

// A difference of prices, with the decimals of the price near it.
export function signed(value: number | null, instrument: Instrument | undefined, near: number): string {
  if (value === null) return NONE;
  const text = fixed(value, places(near, instrument));
  return text.startsWith("-") || !/[1-9]/.test(text) ? minus(text) : `+${text}`;
}

export function volume(value: number | null): string {
  return value === null ? NONE : minus(volumes(value, language()));
}

function minus(text: string): string {
  return text.replace(/^-/, MINUS);
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
