// How old the prices of each exchange are.
import type { Instrument, Quote } from "../../data/types";

export interface Freshness {
  exchange: string;
  instruments: number;
  quoted: number;
  newest: string | null;
  oldest: string | null;
  replayed: number;
}

export function freshness(instruments: readonly Instrument[], quote: (symbol: string) => Quote | null): Freshness[] {
  const rows = new Map<string, Freshness>();
  for (const { exchange, symbol, active } of instruments) {
    if (!active) continue;
    const row = rows.get(exchange) ?? { exchange, instruments: 0, quoted: 0, newest: null, oldest: null, replayed: 0 };
    rows.set(exchange, row);
    row.instruments += 1;
    const found = quote(symbol);
    if (!found) continue;
    row.quoted += 1;
    row.replayed += Number(found.replayed);
    if (!row.newest || Date.parse(found.date) > Date.parse(row.newest)) row.newest = found.date;
    if (!row.oldest || Date.parse(found.date) < Date.parse(row.oldest)) row.oldest = found.date;
  }
  return [...rows.values()].sort((a, b) => a.exchange.localeCompare(b.exchange));
}
