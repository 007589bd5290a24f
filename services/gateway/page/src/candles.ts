// Bars as the chart library wants them, the forming bar from quotes, averages from indicator rows. No drawing here.
import type { BusinessDay, Time, UTCTimestamp } from "lightweight-charts";
import type { Bar, Indicators, Quote, Signal, Timeframe } from "./types";

const MINUTES: Partial<Record<Timeframe, number>> = { "1Min": 1, "5Min": 5, "15Min": 15, "1Hour": 60 };

export interface Candle {
  time: Time;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export function isIntraday(timeframe: Timeframe): boolean {
  return timeframe in MINUTES;
}

// Days and weeks stand at their session's date, shorter bars at their close.
export function timeOf(bar: { date: string; session?: string | null }, timeframe: Timeframe): Time {
  if (isIntraday(timeframe)) return (Date.parse(bar.date) / 1000) as UTCTimestamp;
  return (bar.session ?? bar.date.slice(0, 10)) as Time;
}

export function candles(bars: Iterable<Bar>, timeframe: Timeframe): Candle[] {
  const found = new Map<string, Candle>();
  for (const bar of bars) {
    const { open, high, low, close, volume } = bar;
    found.set(orderOf(timeOf(bar, timeframe)), { time: timeOf(bar, timeframe), open, high, low, close, volume });
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, candle]) => candle);
}

// Sorts as text: dates do, and seconds of the same length.
export function orderOf(time: Time): string {
  if (typeof time === "number") return String(time).padStart(14, "0");
  if (typeof time === "string") return time;
  const day: BusinessDay = time;
  return `${day.year}-${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")}`;
}

// The bar that is still forming, as far as this page has seen it.
export function forming(before: Candle | null, last: Bar | undefined, quote: Quote, timeframe: Timeframe): Candle | null {
  const price = quote.last_price;
  if (timeframe === "1Week") return null;
  if (timeframe === "1Day") {
    const time = (quote.session ?? quote.date.slice(0, 10)) as Time;
    if (last && orderOf(time) <= orderOf(timeOf(last, timeframe))) return null;
    const open = quote.open ?? price;
    return { time, open, high: Math.max(quote.high ?? price, price), low: Math.min(quote.low ?? price, price), close: price, volume: quote.volume ?? 0 };
  }
  const step = (MINUTES[timeframe] ?? 1) * 60;
  const now = Date.parse(quote.date) / 1000;
  const closed = last ? Date.parse(last.date) / 1000 : Math.floor(now / step) * step;
  if (now <= closed) return null;
  const time = (closed + Math.ceil((now - closed) / step) * step) as UTCTimestamp;
  if (before?.time === time) {
    return { ...before, high: Math.max(before.high, price), low: Math.min(before.low, price), close: price };
  }
  return { time, open: price, high: price, low: price, close: price, volume: 0 };
}

export function averages(rows: Indicators[], bars: Bar[], name: string, timeframe: Timeframe): { time: Time; value: number }[] {
  const times = new Map(bars.map((bar) => [bar.date, timeOf(bar, timeframe)]));
  const found = rows.flatMap((row) => {
    const [time, value] = [times.get(row.date), row.values[name]];
    return time !== undefined && typeof value === "number" ? [{ time, value }] : [];
  });
  return found.sort((a, b) => (orderOf(a.time) < orderOf(b.time) ? -1 : 1)).filter((p, i, all) => i === 0 || orderOf(all[i - 1]!.time) !== orderOf(p.time));
}

// One marker a bar and direction: how many signals, and of which rule where it is one.
export function marked(signals: Signal[], bars: Bar[], timeframe: Timeframe): { time: Time; up: boolean; signals: Signal[] }[] {
  const times = new Map(bars.map((bar) => [bar.date, timeOf(bar, timeframe)]));
  const groups = new Map<string, { time: Time; up: boolean; signals: Signal[] }>();
  for (const signal of signals) {
    const time = times.get(signal.date);
    if (time === undefined || signal.timeframe !== timeframe) continue;
    const key = `${orderOf(time)}${signal.direction}`;
    const group = groups.get(key) ?? { time, up: signal.direction === "up", signals: [] };
    group.signals.push(signal);
    groups.set(key, group);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
