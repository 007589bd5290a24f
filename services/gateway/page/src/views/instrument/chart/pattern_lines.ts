// The lines of a chart pattern: through its pivots, and its upper and lower line (the neckline of a double top is its lower one).
import type { Time } from "lightweight-charts";
import type { Bar, Pattern, Timeframe } from "../../../data/types";
import { barTime, type Point, sortKey } from "../candles";

const SHOWN = 4;

export interface PatternLine {
  points: Point[];
  isShape: boolean; // through the pivots
}

// The newest patterns that have not failed.
export function shownPatterns(patterns: readonly Pattern[]): Pattern[] {
  return patterns.filter((pattern) => pattern.status !== "failed").slice(0, SHOWN);
}

export function patternLines(pattern: Pattern, bars: readonly Bar[], timeframe: Timeframe): PatternLine[] {
  const first = pattern.pivots[0];
  const from = bars.findIndex((bar) => bar.date === first?.date);
  if (!first || from < 0) return [];
  const until = bars.findIndex((bar) => bar.date === pattern.date);
  const end = until < 0 ? bars.length - 1 : until;
  const time = (index: number): Time | null => {
    const bar = bars[index];
    return bar ? barTime(bar, timeframe) : null;
  };
  const shape = pattern.pivots.map((pivot) => ({ time: time(from + pivot.bars), value: pivot.price }));
  const straight = (line: { price: number; slope: number } | null) =>
    line ? [from, end].map((index) => ({ time: time(index), value: line.price + line.slope * (index - from) })) : [];
  return [
    { points: ascending(shape), isShape: true },
    { points: ascending(straight(pattern.upper)), isShape: false },
    { points: ascending(straight(pattern.lower)), isShape: false },
  ].filter((line) => line.points.length > 1);
}

function ascending(points: { time: Time | null; value: number }[]): Point[] {
  const known = points.filter((point): point is Point => point.time !== null);
  return known.filter((point, i) => i === 0 || sortKey(known[i - 1]?.time ?? point.time) < sortKey(point.time));
}
