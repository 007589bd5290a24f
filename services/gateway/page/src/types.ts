// The types of the API's answers; fields as in /openapi.json.
import { TIMEFRAME_TABLE } from "./timeframes";

export type Timeframe = (typeof TIMEFRAME_TABLE)[number]["name"];
export const TIMEFRAMES: readonly Timeframe[] = TIMEFRAME_TABLE.map((row) => row.name);

export interface Page<T> {
  results: T[];
  provider: string | null;
  warnings: string[];
  next_page_token: string | null;
}

export interface Instrument {
  symbol: string;
  name: string;
  name_ko: string;
  exchange: string;
  currency: string;
  kind: string;
  sector: string;
  industries: string[];
  active: boolean;
}

export interface Industry {
  industry: string;
  name: string;
  name_ko: string;
  instruments: number;
  kind: "industry" | "market";
  view: View | null;
}

export interface Mover {
  symbol: string;
  move: number;
}

export interface View {
  date: string;
  advances: number;
  declines: number;
  unchanged: number;
  missing: number;
  median_move: number | null;
  leaders: Mover[];
  laggards: Mover[];
  replayed: boolean;
}

export interface Quote {
  symbol: string;
  date: string;
  session: string | null;
  last_price: number;
  prev_close: number | null;
  change: number | null;
  change_percent: number | null;
  open: number | null;
  high: number | null;
  low: number | null;
  volume: number | null;
  year_high: number | null;
  year_low: number | null;
  source: string;
  replayed: boolean;
}

export interface Bar {
  date: string;
  open_date: string;
  session?: string | null;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  replayed?: boolean;
}

export interface Indicators {
  date: string;
  close: number;
  values: Record<string, number | null>;
}

export interface Quality {
  n: number;
  years: number;
  horizon_bars: number;
  win_rate: number;
  mean_return: number;
  worst: number;
  base_rate: number;
  validated: boolean;
  dates: number;
}

export interface Signal {
  id: string;
  date: string;
  symbol: string;
  timeframe: Timeframe;
  rule: string;
  params: Record<string, number>;
  sequence: string;
  direction: "up" | "down";
  price: number;
  level: number | null;
  quality: Quality | null;
  replayed: boolean;
}

export interface SourceHealth {
  source: string;
  state: "ok" | "idle" | "failing" | "unknown";
  target: string;
  reason: string;
  detail: string;
  since: string | null;
  retry_at: string | null;
  reported: string;
}

export interface Status {
  analysis_heard: string | null;
  silent: boolean | null;
  sources: SourceHealth[];
}

export type DataMessage =
  | ({ T: "q"; seq: number } & Quote)
  | ({ T: "b"; seq: number; symbol: string; timeframe: Timeframe } & Bar)
  | ({ T: "s"; seq: number } & Signal)
  | ({ T: "v"; seq: number } & Industry);

export type StreamMessage =
  | { T: "success"; msg: string; seq: number; messages?: number }
  | { T: "error"; code: number; msg: string; seq: number }
  | { T: "subscription"; seq: number }
  | DataMessage;
