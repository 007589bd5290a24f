// Dividends and splits, read off the bars: a raw bar and the adjusted one differ by a factor, which steps where something happened.
import type { Bar } from "../../data/types";

const STEP = 5e-5; // a smaller change of a factor is rounding

export interface CorporateAction {
  date: string; // of the first bar after it
  kind: "split" | "dividend";
  amount: number; // shares for one share; money for one share, in the shares of that bar
}

// Amount of a dividend: previous close x (1 - step of the dividend factor), the method of docs/research.md.
export function corporateActions(raw: readonly Bar[], adjusted: readonly Bar[]): CorporateAction[] {
  const rawByDate = new Map(raw.map((bar) => [bar.date, bar]));
  const found: CorporateAction[] = [];
  let before: { price: number; split: number; close: number } | null = null;
  for (const bar of adjusted) {
    const traded = rawByDate.get(bar.date);
    if (!traded || !(traded.close > 0)) continue;
    const price = bar.close / traded.close;
    const split: number = traded.volume > 0 && bar.volume > 0 ? traded.volume / bar.volume : (before?.split ?? 1);
    if (before) {
      const shares = split / before.split;
      const dividend = (before.price / price) * shares;
      if (Math.abs(shares - 1) > STEP) found.push({ date: bar.date, kind: "split", amount: shares });
      if (1 - dividend > STEP) found.push({ date: bar.date, kind: "dividend", amount: (before.close / shares) * (1 - dividend) });
    }
    before = { price, split, close: traded.close };
  }
  return found;
}
