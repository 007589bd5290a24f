// Texts about sources that cannot be read: which, why, since when, and when the next try is.
import { clockTime } from "./format";
import type { SourceHealth, Status } from "./types";
import { reasonText, sourceName, t } from "./translations";

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
  if (health.state === "unknown") return t("sourceUnknown").replace("{source}", sourceName(health.source)).replace("{time}", clockTime(health.reported));
  const due = health.retry_at && Date.parse(health.retry_at) > Date.now() ? t("nextTry").replace("{time}", clockTime(health.retry_at, true)) : t("trying");
  const name = health.target ? `${sourceName(health.source)} (${health.target})` : sourceName(health.source);
  const values = { "{source}": name, "{reason}": reasonText(health.reason), "{time}": health.since ? clockTime(health.since) : "–", "{next}": due };
  return t("outage").replace(/\{\w+\}/g, (word) => values[word as keyof typeof values]);
}

// The tooltip of a missing price.
export function noPriceText(status: Status | null): string {
  return [t("noPrice"), ...(priceOutage(status) ? failingSources(status).filter((each) => PRICE_SOURCES.has(each.source)).map(sourceText) : [])].join(". ");
}
