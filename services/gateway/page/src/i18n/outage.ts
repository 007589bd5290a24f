// Texts about sources that cannot be read: which, why, since when, and when the next try is.
import type { SourceHealth, Status } from "../data/types";
import { clockTime, UNKNOWN } from "./format";
import { reasonText, sourceName } from "./names";
import { t } from "./words";

export const HISTORY_SOURCE = "yahoo-history";
const PRICE_SOURCES = new Set(["yahoo-stream", "yahoo-poll"]);

// Sources that fail or whose state is unknown; sources of live prices first.
export function failingSources(status: Status | null): SourceHealth[] {
  const found = (status?.sources ?? []).filter((each) => each.state === "failing" || each.state === "unknown");
  return found.sort((a, b) => Number(PRICE_SOURCES.has(b.source)) - Number(PRICE_SOURCES.has(a.source)));
}

// The state where no source of live prices works; null where one works or nothing is known.
export function priceOutage(status: Status | null): "failing" | "unknown" | null {
  const priceSources = (status?.sources ?? []).filter((each) => PRICE_SOURCES.has(each.source));
  if (!priceSources.length || priceSources.some((each) => each.state === "ok")) return null;
  if (priceSources.some((each) => each.state === "unknown")) return "unknown";
  return priceSources.some((each) => each.state === "failing") ? "failing" : null;
}

export function sourceText(health: SourceHealth): string {
  const source = sourceName(health.source);
  if (health.state === "unknown") return t("source-unknown", { source, time: clockTime(health.reported) });
  const isDue = health.retry_at !== null && Date.parse(health.retry_at) > Date.now();
  return t("source-failing", {
    source: health.target ? `${source} (${health.target})` : source,
    reason: reasonText(health.reason),
    time: health.since ? clockTime(health.since) : UNKNOWN,
    next: isDue ? t("next-try", { time: clockTime(health.retry_at ?? "", true) }) : t("trying"),
  });
}

// Why a price is missing.
export function noPriceText(status: Status | null): string {
  const cut = priceOutage(status) ? failingSources(status).filter((each) => PRICE_SOURCES.has(each.source)) : [];
  return [t("no-price"), ...cut.map(sourceText)].join(". ");
}
