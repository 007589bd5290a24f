// What the chart reads first: bars, indicator rows, and the signals on them.
import { api } from "../../data/api";
import { MAX_SIGNALS, type Market } from "../../data/market";
import type { Bar, Indicators, Signal, Timeframe } from "../../data/types";

export const BARS = 500;
const NEWEST_BARS = 20;

export interface BarRows {
  bars: Bar[];
  rows: Indicators[];
}

async function read(symbol: string, timeframe: Timeframe, limit: number, cancelled: AbortSignal): Promise<BarRows> {
  const [bars, rows] = await Promise.all([
    api.bars(symbol, timeframe, limit, cancelled),
    api.indicators(symbol, timeframe, limit, cancelled),
  ]);
  return { bars: bars.results, rows: rows.results };
}

export const readNewest = (symbol: string, timeframe: Timeframe, cancelled: AbortSignal) => read(symbol, timeframe, NEWEST_BARS, cancelled);

// All bars that are shown, with the stored signals and those that came meanwhile.
export async function readAll(market: Market, symbol: string, timeframe: Timeframe, cancelled: AbortSignal) {
  const [found, stored] = await Promise.all([
    read(symbol, timeframe, BARS, cancelled),
    api.signals({ symbol, timeframe, limit: MAX_SIGNALS }, cancelled),
  ]);
  const signals = new Map<string, Signal>(stored.results.map((each) => [each.id, each]));
  const here = market.signals.peek().filter((each) => each.symbol === symbol && each.timeframe === timeframe);
  for (const each of here) signals.set(each.id, each);
  return { ...found, signals: [...signals.values()] };
}
