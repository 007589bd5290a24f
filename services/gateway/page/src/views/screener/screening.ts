// Screens instruments: the gateway evaluates a condition on up to 20 of them at a time, on their newest stored bars.
import { api } from "../../data/api";
import type { Explanation } from "../../data/types";

export const BATCH = 20;

type Held = NonNullable<Explanation["history"]>[number];

export interface Match {
  symbol: string;
  holds: boolean; // on its newest bar
  lastBar: string | null;
  lastHeld: string | null;
  held: number;
  bars: number;
}

export interface Screening {
  matches: Match[];
  done: number;
  total: number;
  warnings: string[];
  unanswered: boolean; // analysis gave no history
}

export function matchOf(found: Held): Match {
  const newest = found.dates[0] ?? null;
  return {
    symbol: found.symbol,
    holds: newest !== null && newest === found.last_bar,
    lastBar: found.last_bar,
    lastHeld: newest,
    held: found.held,
    bars: found.bars,
  };
}

export function batches(symbols: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(symbols.length / BATCH) }, (_, i) => symbols.slice(i * BATCH, (i + 1) * BATCH));
}

// One request after the other, so that a screen never takes more than its share of analysis. Ends early where it is cancelled.
export async function screen(
  condition: string,
  symbols: readonly string[],
  cancelled: AbortSignal,
  onProgress: (so_far: Screening) => void,
): Promise<void> {
  const state: Screening = { matches: [], done: 0, total: symbols.length, warnings: [], unanswered: false };
  onProgress({ ...state });
  for (const batch of batches(symbols)) {
    const { results, warnings } = await api.explain(condition, batch, 1, cancelled);
    if (cancelled.aborted) return;
    const history = results[0]?.history;
    state.matches = [...state.matches, ...(history ?? []).map(matchOf)];
    state.unanswered ||= !history;
    state.done += batch.length;
    state.warnings = [...new Set([...state.warnings, ...warnings])];
    onProgress({ ...state });
    if (!history) return;
  }
}
