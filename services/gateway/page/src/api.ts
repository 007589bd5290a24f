// Client of the REST API. An error's message can be shown to the user.
import type { Bar, Indicators, Industry, Instrument, Page, Quote, Signal, Status, Timeframe } from "./types";

const TIMEOUT_SECONDS = 12;

export class ApiError extends Error {}

async function read<T>(path: string, query: Record<string, string | number | undefined> = {}, signal?: AbortSignal): Promise<Page<T>> {
  const parameters = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const search = new URLSearchParams(parameters.map(([name, value]) => [name, String(value)])).toString();
  const signals = [AbortSignal.timeout(TIMEOUT_SECONDS * 1000), ...(signal ? [signal] : [])];
  const response = await fetch(search ? `${path}?${search}` : path, { signal: AbortSignal.any(signals) });
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new ApiError(problem.detail ?? `${response.status} ${response.statusText}`);
  }
  return (await response.json()) as Page<T>;
}

export const api = {
  instruments: () => read<Instrument>("/v1/instruments", { limit: 10000 }),
  search: (q: string, signal: AbortSignal) => read<Instrument>("/v1/instruments", { q, limit: 30 }, signal),
  status: () => read<Status>("/v1/status"),
  industries: () => read<Industry>("/v1/industries"),
  quotes: (symbols?: string[]) => read<Quote>("/v1/quotes", { symbols: symbols?.join(",") }),
  bars: (symbol: string, timeframe: Timeframe, limit: number, signal?: AbortSignal) =>
    read<Bar>("/v1/bars", { symbol, timeframe, limit, adjustment: "all" }, signal),
  indicators: (symbol: string, timeframe: Timeframe, limit: number, signal?: AbortSignal) =>
    read<Indicators>("/v1/indicators", { symbol, timeframe, limit }, signal),
  signals: (query: { symbol?: string; timeframe?: Timeframe; limit: number }, signal?: AbortSignal) =>
    read<Signal>("/v1/signals", query, signal),
};
