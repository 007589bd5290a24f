// Client of what belongs to the owner of the key: account, watchlist, alerts, deliveries. A change is done once, however often it is sent.
import { type Answer, answer, cancelledBy, client } from "./api";
import { once } from "./request";
import type { Alert, AlertRequest, Delivery, Page, Watched } from "./types";

const UNCHANGED = 304;

export interface Tagged<T> {
  results: T[];
  etag: string;
}

// The rows with their ETag; null where they are still those of the ETag that was sent.
async function tagged<T>(sent: Promise<Answer<Page<T>>>): Promise<Tagged<T> | null> {
  const received = await sent;
  if (received.response.status === UNCHANGED) return null;
  const { results } = await answer(Promise.resolve(received));
  return { results, etag: received.response.headers.get("ETag") ?? "" };
}

const unlessEqual = (etag: string) => (etag ? { headers: { "If-None-Match": etag } } : {});

export const own = {
  key: (signal?: AbortSignal) => answer(client.GET("/v1/keys/self", { ...cancelledBy(signal) })),
  // One request with a key that is not kept yet: all that the page reads would be refused with a wrong one, and wrong keys are counted.
  tryKey: (text: string) => answer(client.GET("/v1/keys/self", { headers: { Authorization: `Bearer ${text}` } })),
  link: () => answer(client.POST("/v1/keys/self/link")),
  watchlist: (etag: string, signal: AbortSignal) =>
    tagged<Watched>(client.GET("/v1/watchlist", { ...unlessEqual(etag), ...cancelledBy(signal) })),
  replaceWatchlist: (symbols: string[], etag: string) =>
    answer(client.PUT("/v1/watchlist", { body: { symbols }, params: { header: { "If-Match": etag || "*", ...once() } } })),
  watch: (symbol: string) => answer(client.PUT("/v1/watchlist/{symbol}", { params: { path: { symbol } }, headers: once() })),
  unwatch: (symbol: string) => removed(client.DELETE("/v1/watchlist/{symbol}", { params: { path: { symbol } }, headers: once() })),
  alerts: (etag: string, signal: AbortSignal) => tagged<Alert>(client.GET("/v1/alerts", { ...unlessEqual(etag), ...cancelledBy(signal) })),
  addAlert: (body: AlertRequest) => answer(client.POST("/v1/alerts", { body, headers: once() })),
  putAlert: (number: number, enabled: boolean) =>
    answer(client.PUT("/v1/alerts/{number}", { params: { path: { number: String(number) } }, body: { enabled }, headers: once() })),
  removeAlert: (number: number) =>
    removed(client.DELETE("/v1/alerts/{number}", { params: { path: { number: String(number) } }, headers: once() })),
  deliveries: (status: Delivery["status"] | null, token: string | null, signal?: AbortSignal) =>
    answer(
      client.GET("/v1/deliveries", {
        params: { query: { limit: 50, ...(status ? { status } : {}), ...(token ? { page_token: token } : {}) } },
        ...cancelledBy(signal),
      }),
    ),
};

// An answer without a body.
async function removed(sent: Promise<Answer<unknown>>): Promise<void> {
  const received = await sent;
  if (!received.response.ok) await answer(Promise.resolve(received));
}
