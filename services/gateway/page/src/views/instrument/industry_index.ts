// An industry as a line that an instrument can be compared with: the mean move of its other members, each with the same weight.
import type { Market } from "../../data/market";
import type { Bar, Industry, Timeframe } from "../../data/types";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { barTime, sortKey } from "./candles";

const PREFIX = "industry:";
export const MOST_MEMBERS = 20;
const FIRST = 100; // the level before the first move

export const addressOf = (industry: Industry): string => PREFIX + industry.industry;

// The members of the industry that is compared with, without the instrument itself; null for an instrument.
export function industryMembers(market: Market, compared: string, symbol: string): string[] | null {
  if (!compared.startsWith(PREFIX)) return null;
  return market
    .members(compared.slice(PREFIX.length))
    .filter((each) => each !== symbol)
    .slice(0, MOST_MEMBERS);
}

export function comparedName(market: Market, compared: string): string {
  if (!compared.startsWith(PREFIX)) {
    const known = market.instrument(compared);
    return known ? nameOf(known) : compared;
  }
  const known = market.industries.peek().find((each) => addressOf(each) === compared);
  return t("industry-mean", { name: known ? nameOf(known) : compared.slice(PREFIX.length) });
}

// On each bar, the mean of the moves of those members that have a bar then and one before.
export function industryIndex(members: readonly (readonly Bar[])[], timeframe: Timeframe): Bar[] {
  const moves = new Map<string, { bar: Bar; moves: number[] }>();
  for (const bars of members) {
    for (const [i, bar] of bars.entries()) {
      const before = bars[i - 1]?.close ?? 0;
      if (!(before > 0)) continue;
      const key = sortKey(barTime(bar, timeframe));
      const found = moves.get(key) ?? { bar, moves: [] };
      found.moves.push(bar.close / before - 1);
      moves.set(key, found);
    }
  }
  let level = FIRST;
  return [...moves.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { bar, moves: found }]) => {
      level *= 1 + found.reduce((sum, move) => sum + move, 0) / found.length;
      return { ...bar, open: level, high: level, low: level, close: level, volume: 0 };
    });
}
