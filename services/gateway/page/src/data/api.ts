// Client of the REST API, typed by the gateway's OpenAPI document. i18n/problems.ts says an error in the language of the page.
import createClient from "openapi-fetch";
import { send } from "./request";
import type { paths } from "./schema";
import type { Explanation, Page, Problem, ScreenRequest, ScreenResult, Timeframe } from "./types";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly problem: Partial<Problem>,
    readonly status: number,
  ) {
    super(message);
  }
}

export const client = createClient<paths>({ baseUrl: location.origin, fetch: send });

export interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export async function answer<T>(sent: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await sent;
  if (response.ok && data !== undefined) return data;
  const problem = (typeof error === "object" && error ? error : {}) as Partial<Problem>;
  throw new ApiError(problem.detail ?? `${response.status} ${response.statusText}`, problem, response.status);
}

export const cancelledBy = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

type QualityFilter = NonNullable<paths["/v1/signals/quality"]["get"]["parameters"]["query"]>;

export const api = {
  instruments: () => answer(client.GET("/v1/instruments", { params: { query: { limit: 10000 } } })),
  search: (q: string, signal: AbortSignal) => answer(client.GET("/v1/instruments", { params: { query: { q, limit: 30 } }, signal })),
  status: () => answer(client.GET("/v1/status")),
  industries: () => answer(client.GET("/v1/industries")),
  industry: (industry: string, signal?: AbortSignal) =>
    answer(client.GET("/v1/industries/{industry}", { params: { path: { industry } }, ...cancelledBy(signal) })),
  quotes: () => answer(client.GET("/v1/quotes")),
  bars: (symbol: string, timeframe: Timeframe, limit: number, signal?: AbortSignal, adjustment: "raw" | "all" = "all") =>
    answer(client.GET("/v1/bars", { params: { query: { symbol, timeframe, limit, adjustment } }, ...cancelledBy(signal) })),
  indicators: (symbol: string, timeframe: Timeframe, limit: number, signal?: AbortSignal, columns: readonly string[] = []) => {
    const chosen = columns.length ? { columns: columns.join() } : {};
    return answer(client.GET("/v1/indicators", { params: { query: { symbol, timeframe, limit, ...chosen } }, ...cancelledBy(signal) }));
  },
  signals: (query: { symbol?: string; timeframe?: Timeframe; limit: number }, signal?: AbortSignal) =>
    answer(client.GET("/v1/signals", { params: { query }, ...cancelledBy(signal) })),
  quality: (query: QualityFilter, signal?: AbortSignal) =>
    answer(client.GET("/v1/signals/quality", { params: { query }, ...cancelledBy(signal) })),
  patterns: (symbol: string, timeframe: Timeframe, limit: number, signal?: AbortSignal) =>
    answer(client.GET("/v1/patterns", { params: { query: { symbol, timeframe, limit } }, ...cancelledBy(signal) })),
  news: (query: { symbol?: string; limit: number }, signal?: AbortSignal) =>
    answer(client.GET("/v1/news", { params: { query }, ...cancelledBy(signal) })),
  feeds: (signal?: AbortSignal) => answer(client.GET("/v1/feeds", { ...cancelledBy(signal) })),
  datasets: (signal?: AbortSignal) =>
    answer(client.GET("/v1/research/datasets", { params: { query: { limit: 100 } }, ...cancelledBy(signal) })),
  explain: (condition: string, symbols: string[], limit: number, signal?: AbortSignal): Promise<Page<Explanation>> =>
    answer(client.POST("/v1/conditions/explain", { body: { condition, symbols, limit, language: null }, ...cancelledBy(signal) })),
  screen: (body: ScreenRequest, signal?: AbortSignal): Promise<Page<ScreenResult>> =>
    answer(client.POST("/v1/screener", { body, ...cancelledBy(signal) })),
  openapi: (signal?: AbortSignal): Promise<{ paths: Record<string, Record<string, unknown>> }> =>
    call("GET", "/openapi.json", cancelledBy(signal)),
};

// A request to a path that the committed types do not have yet.
export async function call<T>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  options: { body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const { body, signal } = options;
  const response = await send(
    new Request(new URL(path, location.origin), {
      method,
      ...cancelledBy(signal),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    }),
  );
  const found: unknown = await response.json().catch(() => undefined);
  return answer(Promise.resolve(response.ok ? { data: found as T, response } : { error: found, response }));
}
