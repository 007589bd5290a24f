// What is read after the bars: patterns, stories, and the raw bars, off which corporate actions are read.
import { api } from "../../data/api";
import { MAX_STORIES } from "../../data/stories";
import type { Bar, Pattern, Story, Timeframe } from "../../data/types";
import { isIntraday } from "./candles";

const PATTERNS = 50;

export interface Extras {
  patterns: Pattern[];
  stories: Story[];
  raw: Bar[]; // none within a session: nothing steps there
}

export async function readExtras(symbol: string, timeframe: Timeframe, bars: number, cancelled: AbortSignal): Promise<Extras> {
  const [patterns, stories, raw] = await Promise.all([
    api.patterns(symbol, timeframe, PATTERNS, cancelled),
    api.news({ symbol, limit: MAX_STORIES }, cancelled),
    isIntraday(timeframe) ? null : api.bars(symbol, timeframe, bars, cancelled, "raw"),
  ]);
  return { patterns: patterns.results, stories: stories.results, raw: raw?.results ?? [] };
}
