// Answers of the gateway for tests.
import type { Bar, Industry, Instrument, Quote, View } from "../src/data/types";

export function quote(symbol: string, n: number, more: Partial<Quote> = {}): Quote {
  const known = {
    session: null,
    prev_close: 100,
    change: 1,
    change_percent: 0.01,
    open: null,
    high: null,
    low: null,
    volume: null,
    year_high: null,
    year_low: null,
  };
  return {
    symbol,
    date: new Date(1_700_000_000_000 + n * 1000).toISOString(),
    last_price: 100 + n,
    source: "replay",
    replayed: true,
    ...known,
    ...more,
  };
}

export function bar(day: number, close: number, more: Partial<Bar> = {}): Bar {
  const date = new Date(Date.UTC(2024, 0, day, 21)).toISOString();
  const session = date.slice(0, 10);
  return {
    date,
    open_date: date,
    session,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1000,
    replayed: false,
    incomplete: false,
    ...more,
  };
}

export function industry(name: string, instruments: number, move: number | null, n = 1): Industry {
  const view: View = {
    date: new Date(1_700_000_000_000 + n * 1000).toISOString(),
    session: null,
    advances: 1,
    declines: 0,
    unchanged: 0,
    missing: 0,
    median_move: move,
    above_sma_50: null,
    sma_50_of: 0,
    above_sma_200: null,
    sma_200_of: 0,
    leaders: [],
    laggards: [],
    signals_up: 0,
    signals_down: 0,
    signals_by_rule: [],
    source: "replay",
    replayed: true,
  };
  return { industry: name, name, name_ko: name, instruments, kind: "industry", view };
}

export function instrument(symbol: string, industries: string[]): Instrument {
  const names = { symbol, name: symbol, name_ko: symbol };
  return { ...names, exchange: "NYSE", currency: "USD", kind: "stock", sector: "", industries, active: true };
}
