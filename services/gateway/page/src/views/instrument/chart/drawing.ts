// What a chart shows: the data that were read, and how the user wants to see them.
import type { ChartStyle } from "../../../data/preferences";
import type { Bar, Indicators, Instrument, Pattern, Signal, Story, Timeframe } from "../../../data/types";
import type { CorporateAction } from "../corporate_actions";

export interface Drawing {
  symbol: string;
  timeframe: Timeframe;
  instrument: Instrument | undefined;
  bars: Bar[];
  rows: Indicators[];
  signals: Signal[];
  patterns: Pattern[];
  actions: CorporateAction[];
  stories: readonly Story[];
  compared: { name: string; bars: Bar[] } | null;
}

export interface Look {
  style: ChartStyle;
  log: boolean;
  volume: boolean;
  signals: boolean;
  patterns: boolean;
  actions: boolean;
  stories: boolean;
  indicators: readonly string[];
}

export const NOTHING: Drawing = {
  symbol: "",
  timeframe: "1Day",
  instrument: undefined,
  bars: [],
  rows: [],
  signals: [],
  patterns: [],
  actions: [],
  stories: [],
  compared: null,
};
