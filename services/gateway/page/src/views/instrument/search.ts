// The search for instruments and the filter by industry: what the list beside the chart shows instead of the watchlist.
import { signal } from "@preact/signals";
import { api } from "../../data/api";
import type { Session } from "../../data/session";
import type { Instrument } from "../../data/types";

const SEARCH_DELAY_MS = 150;

export const industryFilter = signal("");
export const sought = signal("");
export const found = signal<Instrument[] | null>(null);
export const searchError = signal<Error | null>(null);
let timer = 0;
let searching: AbortController | null = null;

// The symbols on the screen; `every` where no list was chosen, so that any quote may be listed.
export function symbolsInView({ market, watchlist }: Session): { symbols: string[]; every: boolean } {
  if (found.value) return { symbols: found.value.map((each) => each.symbol), every: !watchlist.isChosen && !industryFilter.value };
  if (industryFilter.value) return { symbols: market.members(industryFilter.value), every: false };
  return { symbols: watchlist.symbols, every: !watchlist.isChosen };
}

export function filterByIndustry(industry: string): void {
  clearTimeout(timer);
  searching?.abort();
  industryFilter.value = industry;
  sought.value = "";
  found.value = null;
  searchError.value = null;
}

export function search(text: string): void {
  sought.value = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => void readMatches(text.trim()), text.trim() ? SEARCH_DELAY_MS : 0);
}

// The first instrument that matches what is typed now; null without one, or when something else is sought meanwhile.
export async function firstMatch(): Promise<string | null> {
  clearTimeout(timer);
  const matches = await readMatches(sought.peek().trim());
  return matches[0]?.symbol ?? null;
}

async function readMatches(text: string): Promise<Instrument[]> {
  searching?.abort();
  searchError.value = null;
  if (!text) {
    found.value = null;
    return [];
  }
  const request = new AbortController();
  searching = request;
  try {
    const { results } = await api.search(text, request.signal);
    if (request.signal.aborted) return [];
    found.value = results;
    return results;
  } catch (error) {
    if (!request.signal.aborted) searchError.value = error as Error;
    return [];
  }
}
