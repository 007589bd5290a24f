// What followed past signals, in the words of the bot (services/notifier/domain/quality_text.py). Never a recommendation.
import type { Quality, Timeframe } from "../data/types";
import { percent } from "./format";
import { timeframeName } from "./names";
import { t } from "./words";

export function recordText(quality: Quality | null, timeframe: Timeframe): string {
  if (!quality) return timeframe === "1Day" ? t("record-none") : t("record-none-of", { timeframe: timeframeName(timeframe) });
  return t(quality.validated ? "record-validated" : "record-chance", {
    years: quality.years.toFixed(0),
    wins: `${Math.round(quality.win_rate * 100)}%`,
    n: String(quality.n),
    mean: percent(quality.mean_return, 1),
    base: percent(quality.base_rate, 1),
    worst: percent(quality.worst, 0),
    dates: t("record-days", { bars: quality.dates }),
    span: t(timeframe === "1Day" ? "record-days" : "record-bars", { bars: quality.horizon_bars }),
  });
}
