// Jobs of analysis research, as docs/research.md and the gateway have them.
import { call } from "../../data/api";
import type { Page } from "../../data/types";
import { type RunError, runOriginal, runReason } from "../../i18n/problems";
import { maybe } from "../../i18n/words";

export const KINDS = ["backtests", "grids", "discoveries", "quality", "datasets"] as const;
export type Kind = (typeof KINDS)[number];
const JOBS = "/v1/research/jobs";
const MOST_TRADES = 10_000;
export const MOST_COMPARED = 6; // as many as the style has colours of lines

// The kind of a request by that of its job.
export const KIND_OF: Record<string, Kind> = {
  backtest: "backtests",
  grid: "grids",
  discovery: "discoveries",
  quality: "quality",
  dataset: "datasets",
};

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
  error: RunError | null;
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

// Why a job has no result; one that was cancelled needs no reason.
export const reasonOf = (job: Job): string => (job.error && job.state !== "cancelled" ? runReason(job.error) : "");
export const originalOf = (job: Job): string | null => (job.error ? runOriginal(job.error) : null);

// What is being done: a symbol and the name of a file stand for themselves.
export const noteOf = (job: Job): string => maybe(`note-${job.progress.note.replaceAll(" ", "-")}`) ?? job.progress.note;

const only = <T>(page: Page<T>): T => {
  const [first] = page.results;
  if (first === undefined) throw new Error("answer-empty");
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
