// Screens instruments. The gateway evaluates a condition on their newest bars at once; one that looks further back is evaluated by
// analysis, on the stored bars of up to 20 instruments at a time.
import { ApiError, api } from "../../data/api";
import type { Explanation, ScreenRequest } from "../../data/types";

export const BATCH = 20;
export const MOST_ROWS = 1000;
const UNAVAILABLE = "analysis-silent";

type Held = NonNullable<Explanation["history"]>[number];

export interface Match {
  symbol: string;
  date: string; // close of its newest bar
  values: Record<string, number | null>;
}

export interface Screening {
  matches: Match[];
  matched: number; // there may be more than those listed
  unknown: number; // instruments of which it is not known
  evaluated: number;
  total: number;
  isByHistory: boolean; // without values
  isReplayed: boolean;
  unanswered: string | null; // why analysis gave no history: a code
}

export interface Screen {
  condition: string;
  industry: string | null;
  symbols: readonly string[]; // what a screen by history looks through
  only: ReadonlySet<string> | null; // the watchlist
  columns: string[];
  sort: string | null;
  down: boolean;
}

export async function screen(wanted: Screen, cancelled: AbortSignal, onProgress: (so_far: Screening) => void): Promise<void> {
  const { condition, industry, columns, sort, down } = wanted;
  const body: ScreenRequest = { condition, industry, columns, sort, order: down ? "desc" : "asc", limit: MOST_ROWS };
  try {
    const { results, warnings } = await api.screen(body, cancelled);
    const found = results[0];
    if (!found || cancelled.aborted) return;
    const matches = found.rows.filter((row) => !wanted.only || wanted.only.has(row.symbol));
    onProgress({
      matches,
      matched: wanted.only ? matches.length : found.matched,
      unknown: found.unknown,
      evaluated: found.evaluated,
      total: found.evaluated,
      isByHistory: false,
      isReplayed: warnings.length > 0, // the only warning of a screen
      unanswered: null,
    });
  } catch (error) {
    if (!looksFurtherBack(error)) throw error;
    await screenHistory(wanted, cancelled, onProgress);
  }
}

function looksFurtherBack(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === "newest";
}

// One request after the other, so that a screen never takes more than its share of analysis. Ends early where it is cancelled.
async function screenHistory(wanted: Screen, cancelled: AbortSignal, onProgress: (so_far: Screening) => void): Promise<void> {
  const total = wanted.symbols.length;
  const state: Screening = {
    matches: [],
    matched: 0,
    unknown: 0,
    evaluated: 0,
    total,
    isByHistory: true,
    isReplayed: false,
    unanswered: null,
  };
  onProgress({ ...state });
  for (const batch of batches(wanted.symbols)) {
    const { results } = await api.explain(wanted.condition, batch, 1, cancelled);
    if (cancelled.aborted) return;
    const { history = null, history_code: code = null } = results[0] ?? {};
    state.matches = [...state.matches, ...(history ?? []).flatMap(matchOf)];
    state.matched = state.matches.length;
    state.unknown += (history ?? []).filter((each) => !each.bars).length;
    state.unanswered = history ? null : (code ?? UNAVAILABLE);
    state.evaluated += batch.length;
    onProgress({ ...state });
    if (!history) return;
  }
}

// The instrument, where the condition holds on its newest bar.
export function matchOf(found: Held): Match[] {
  const newest = found.dates[0] ?? null;
  return newest !== null && newest === found.last_bar ? [{ symbol: found.symbol, date: newest, values: {} }] : [];
}

export function batches(symbols: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(symbols.length / BATCH) }, (_, i) => symbols.slice(i * BATCH, (i + 1) * BATCH));
}
