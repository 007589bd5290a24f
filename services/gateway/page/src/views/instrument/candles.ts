// Converts bars, quotes, indicator rows and signals to the data of the chart library.
import type { BusinessDay, Time, UTCTimestamp } from "lightweight-charts";
import { TIMEFRAME_TABLE } from "../../data/timeframes";
import type { Bar, Indicators, Quote, Signal, Timeframe } from "../../data/types";

const MINUTES = new Map<Timeframe, number>(TIMEFRAME_TABLE.map((row) => [row.name, row.minutes]));

export interface Candle {
  time: Time;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const minutes = (timeframe: Timeframe) => MINUTES.get(timeframe) ?? 0;

export function isIntraday(timeframe: Timeframe): boolean {
  return minutes(timeframe) > 0;
}

// The time of a bar on the chart: the session date of a day, week or month, the close of a shorter bar.
export function barTime(bar: { date: string; session?: string | null }, timeframe: Timeframe): Time {
  if (isIntraday(timeframe)) return (Date.parse(bar.date) / 1000) as UTCTimestamp;
  return (bar.session ?? bar.date.slice(0, 10)) as Time;
}

export function candles(bars: Iterable<Bar>, timeframe: Timeframe): Candle[] {
  const candlesByTime = new Map<string, Candle>();
  for (const bar of bars) {
    const { open, high, low, close, volume } = bar;
    candlesByTime.set(sortKey(barTime(bar, timeframe)), { time: barTime(bar, timeframe), open, high, low, close, volume });
  }
  return [...candlesByTime.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, candle]) => candle);
}

// A text that sorts by time: dates as they are, seconds with leading zeros.
export function sortKey(time: Time): string {
  if (typeof time === "number") return String(time).padStart(14, "0");
  if (typeof time === "string") return time;
  const day: BusinessDay = time;
  return `${day.year}-${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")}`;
}

// The forming bar, from the quotes that this page has received.
export function formingCandle(before: Candle | null, last: Bar | undefined, quote: Quote, timeframe: Timeframe): Candle | null {
  const price = quote.last_price;
  if (!isIntraday(timeframe) && timeframe !== "1Day") return null;
  if (timeframe === "1Day") {
    const time = (quote.session ?? quote.date.slice(0, 10)) as Time;
    if (last && sortKey(time) <= sortKey(barTime(last, timeframe))) return null;
    const open = quote.open ?? price;
    return {
      time,
      open,
      high: Math.max(quote.high ?? price, price),
      low: Math.min(quote.low ?? price, price),
      close: price,
      volume: quote.volume ?? 0,
    };
  }
  const step = minutes(timeframe) * 60;
  const now = Date.parse(quote.date) / 1000;
  const closed = last ? Date.parse(last.date) / 1000 : Math.floor(now / step) * step;
  if (now <= closed) return null;
  const time = (closed + Math.ceil((now - closed) / step) * step) as UTCTimestamp;
  if (before?.time === time) {
    return { ...before, high: Math.max(before.high, price), low: Math.min(before.low, price), close: price };
  }
  return { time, open: price, high: price, low: price, close: price, volume: 0 };
}

export interface Point {
  time: Time;
  value: number;
}

// The values of one column of the indicator rows.
export function columnPoints(rows: Indicators[], bars: Bar[], name: string, timeframe: Timeframe): Point[] {
  const times = new Map(bars.map((bar) => [bar.date, barTime(bar, timeframe)]));
  const points = rows.flatMap((row) => {
    const [time, value] = [times.get(row.date), row.values[name]];
    return time !== undefined && typeof value === "number" ? [{ time, value }] : [];
  });
  return points
    .sort((a, b) => (sortKey(a.time) < sortKey(b.time) ? -1 : 1))
    .filter((p, i, all) => i === 0 || sortKey(all[i - 1]?.time ?? ("" as Time)) !== sortKey(p.time));
}

// Signals grouped by bar and direction: one marker is drawn for each group.
export function signalGroups(signals: Signal[], bars: Bar[], timeframe: Timeframe): { time: Time; up: boolean; signals: Signal[] }[] {
  const times = new Map(bars.map((bar) => [bar.date, barTime(bar, timeframe)]));
  const groups = new Map<string, { time: Time; up: boolean; signals: Signal[] }>();
  for (const signal of signals) {
    const time = times.get(signal.date);
    if (time === undefined || signal.timeframe !== timeframe) continue;
    const key = `${sortKey(time)}${signal.direction}`;
    const group = groups.get(key) ?? { time, up: signal.direction === "up", signals: [] };
    group.signals.push(signal);
    groups.set(key, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

// Heikin-Ashi candles: close is the mean of the four prices, open the middle of the candle before (Valcu 2004).
export function heikinAshi(all: readonly Candle[]): Candle[] {
  const made: Candle[] = [];
  for (const candle of all) made.push(heikinAshiOf(candle, made.at(-1)));
  return made;
}

export function heikinAshiOf(candle: Candle, before: Candle | undefined): Candle {
  const close = (candle.open + candle.high + candle.low + candle.close) / 4;
  const open = before ? (before.open + before.close) / 2 : (candle.open + candle.close) / 2;
  return { ...candle, open, close, high: Math.max(candle.high, open, close), low: Math.min(candle.low, open, close) };
}

// The newest rows replace all rows from the first of them on: a corrected bar may close at another time.
export function withNewest<T extends { date: string }>(rows: T[], newest: T[]): T[] {
  const from = newest[0] ? Date.parse(newest[0].date) : Infinity;
  return [...rows.filter((row) => Date.parse(row.date) < from), ...newest];
}

// Whether these bars, oldest first, continue the others with the same price adjustment.
export function continues(known: Bar[], bars: Bar[]): boolean {
  const first = bars[0];
  return first === undefined ? !known.length : known.some((bar) => bar.date === first.date && bar.close === first.close);
}
