// REST: one typed call for each path of the API's document, problems as errors, and all pages of a list.
import createClient, { type Client as Calls, type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";
import { Stream, type Selection } from "./stream.ts";

export { type Message, type Selection, Stream, StreamError } from "./stream.ts";
export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

const RETRIED = new Set([429, 502, 503, 504]);
const SAFE = new Set(["GET", "HEAD", "PUT", "DELETE"]); // a POST is sent again where it has an idempotency key
const MAX_WAIT_MS = 60_000;

export interface Options {
  key?: string; // sent with every request; without it reading must be public
  tries?: number; // how often a request is sent at most
  timeoutMs?: number;
}

// The API refused a request (RFC 9457). `type` is stable.
export class ProblemError extends Error {
  readonly problem: Partial<Problem>;
  readonly type: string;
  readonly status: number;

  constructor(status: number, problem: Partial<Problem>) {
    super(`${status} ${problem.type ?? "about:blank"}: ${problem.detail ?? ""}`);
    this.problem = problem;
    this.type = problem.type ?? "about:blank";
    this.status = status;
  }
}

export class Client {
  readonly url: string;
  readonly rest: Calls<paths>; // rest.GET("/v1/bars", { params: { query: { symbol: "AAPL" } } })
  private readonly key: string;

  constructor(url = "http://127.0.0.1:8080", options: Options = {}) {
    this.url = url.replace(/\/+$/, "");
    this.key = options.key ?? "";
    this.rest = createClient<paths>({
      baseUrl: this.url,
      headers: this.key ? { Authorization: `Bearer ${this.key}` } : {},
      fetch: (request) => send(request, options.tries ?? 4, options.timeoutMs ?? 20_000),
    });
    this.rest.use(problems);
  }

  stream(selection: Selection, path = "/v1/stream"): Stream {
    return new Stream(this.url.replace(/^http/, "ws") + path, this.key, selection);
  }
}

// The results of all pages, one after the other; `read` gets the token of a page.
export async function* pages<T>(
  read: (token?: string) => Promise<{ data?: { results: T[]; next_page_token?: string | null } }>,
): AsyncGenerator<T> {
  let token: string | null | undefined;
  do {
    const { data } = await read(token ?? undefined);
    yield* data?.results ?? [];
    token = data?.next_page_token;
  } while (token);
}

const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    throw new ProblemError(response.status, await response.json().catch(() => ({})));
  },
};

async function send(request: Request, tries: number, timeoutMs: number): Promise<Response> {
  const again = SAFE.has(request.method) || request.headers.has("Idempotency-Key");
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= tries || !again;
    let wait = 0;
    try {
      const response = await fetch(request.clone(), { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) });
      if (last || !RETRIED.has(response.status)) return response;
      wait = 1000 * Number(response.headers.get("Retry-After") ?? 0);
      await response.body?.cancel();
    } catch (error) {
      if (last || request.signal.aborted) throw error;
    }
    await pause(Math.min(MAX_WAIT_MS, wait + (0.5 + Math.random() / 2) * 200 * 2 ** attempt));
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
