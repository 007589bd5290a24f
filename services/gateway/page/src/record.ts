// What followed past signals, in the words of the bot (services/notifier/domain/quality_text.py). Never a recommendation.
import { percent } from "./format";
import type { Quality, Timeframe } from "./types";
import { language, t } from "./translations";

export function recordText(quality: Quality | null, timeframe: Timeframe): string {
  if (!quality) return timeframe === "1Day" ? t("noRecord") : t("noRecordOf").replace("{timeframe}", timeframe);
  const values: Record<string, string> = {
    years: quality.years.toFixed(0),
    wins: `${Math.round(quality.win_rate * 100)}%`,
    n: String(quality.n),
    mean: percent(quality.mean_return, 1),
    base: percent(quality.base_rate, 1),
    worst: percent(quality.worst, 0),
    dates: String(quality.dates),
    span: span(quality.horizon_bars, timeframe),
  };
  return t(quality.validated ? "validated" : "byChance").replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

function span(bars: number, timeframe: Timeframe): string {
  const unit = t(timeframe === "1Day" ? "days" : "bars");
  if (language() === "ko") return `${bars}${unit}`;
  return `${bars} ${bars === 1 ? unit.slice(0, -1) : unit}`;
}
