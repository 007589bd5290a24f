// Jobs of analysis research, as docs/research.md and the gateway have them.
import { call } from "../../data/api";
import type { Page } from "../../data/types";

export const KINDS = ["backtests", "grids", "discoveries", "datasets"] as const;
export type Kind = (typeof KINDS)[number];
const JOBS = "/v1/research/jobs";
const MOST_TRADES = 10_000;

export type Figures = Record<string, number | null>;

export interface Job {
  id: string;
  kind: string;
  state: "requested" | "queued" | "running" | "done" | "failed" | "refused" | "cancelled";
  ahead: number | null;
  progress: { done: number; total: number | null; note: string };
  created: string;
  started: string | null;
  ended: string | null;
  error: { code: string; message: string } | null;
  symbols?: string[];
  timeframe?: string;
  start?: string | null;
  end?: string | null;
  tape?: string;
  parameters?: Record<string, unknown>;
  result?: Record<string, unknown> | null;
  files?: { name: string; sha256: string; url: string }[];
  data_hash?: string | null;
  code_version?: string | null;
}

export interface Trade {
  symbol: string;
  side: string;
  entry: string;
  exit: string;
  bars: number;
  entry_reason: string;
  exit_reason: string;
  shares: number;
  entry_price: number;
  exit_price: number;
  pnl: number;
  cost: number;
  mae: number;
  mfe: number;
  return: number;
}

export interface EquityPoint {
  date: string;
  session: string | null;
  equity: number | null;
  drawdown: number | null;
  buy_and_hold: number | null;
}

export const hasEnded = (job: Job): boolean => ["done", "failed", "refused", "cancelled"].includes(job.state);

const only = <T>(page: Page<T>): T => {
  const [first] = page.results;
  if (first === undefined) throw new Error("the answer has no result");
  return first;
};

export const jobsApi = {
  list: (signal?: AbortSignal) => call<Page<Job>>("GET", `${JOBS}?limit=50`, signal ? { signal } : {}),
  // Those that wait or run, the newest first.
  open: async (signal: AbortSignal): Promise<Job[]> => {
    const found = await Promise.all(
      (["running", "queued"] as const).map((state) => call<Page<Job>>("GET", `${JOBS}?state=${state}&limit=50`, { signal })),
    );
    return found.flatMap((each) => each.results);
  },
  one: async (id: string, signal?: AbortSignal) =>
    only(await call<Page<Job>>("GET", `${JOBS}/${encodeURIComponent(id)}`, signal ? { signal } : {})),
  cancel: async (id: string) => only(await call<Page<Job>>("DELETE", `${JOBS}/${encodeURIComponent(id)}`)),
  request: async (kind: Kind, body: Record<string, unknown>) => only(await call<Page<Job>>("POST", `/v1/research/${kind}`, { body })),
  trades: async (id: string, signal: AbortSignal) =>
    (await call<Page<Trade>>("GET", `${JOBS}/${encodeURIComponent(id)}/trades?limit=${MOST_TRADES}`, { signal })).results,
  equity: async (id: string, signal: AbortSignal) =>
    (await call<Page<EquityPoint>>("GET", `${JOBS}/${encodeURIComponent(id)}/equity?limit=${MOST_TRADES}`, { signal })).results,
  file: <T>(url: string, signal: AbortSignal) => call<T>("GET", url, { signal }),
};

// The body of a request, from what was typed: what is empty or at its default is left out.
export function bodyOf(
  fields: readonly { name: string; type: string; otherwise: unknown }[],
  typed: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, type, otherwise } of fields) {
    const text = (typed[name] ?? "").trim();
    if (!text || text === String(otherwise ?? "")) continue;
    body[name] = value(type, text);
  }
  return body;
}

function value(type: string, text: string): unknown {
  if (type === "number") return Number.isFinite(Number(text)) ? Number(text) : text; // the gateway says what is wrong with a text
  if (type === "boolean") return text === "true";
  if (type === "list")
    return text
      .split(/[,\n]/)
      .map((each) => each.trim())
      .filter(Boolean);
  if (type === "ranges")
    return Object.fromEntries(
      text
        .split("\n")
        .filter((line) => line.includes("="))
        .map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]),
    );
  return text;
}
