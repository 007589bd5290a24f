// What the page says of a provider of prices that cannot be read: what it is, since when, and when it is tried again.
import { hour } from "./format";
import type { SourceHealth, Status } from "./types";
import { reason, source, t } from "./words";

export const HISTORY = "yahoo-history";
const PRICES = new Set(["yahoo-stream", "yahoo-poll"]);

// Sources that fail, or of which nothing is known although ingest reported of them once; those of prices first.
export function troubles(status: Status | null): SourceHealth[] {
  const found = (status?.sources ?? []).filter((each) => each.state === "failing" || each.state === "unknown");
  return found.sort((a, b) => Number(PRICES.has(b.source)) - Number(PRICES.has(a.source)));
}

// Whether no way is left on which prices come: true only where that is known.
export function cutOff(status: Status | null): "failing" | "unknown" | null {
  const ways = (status?.sources ?? []).filter((each) => PRICES.has(each.source));
  if (!ways.length || ways.some((each) => each.state === "ok")) return null;
  if (ways.some((each) => each.state === "unknown")) return "unknown";
  return ways.some((each) => each.state === "failing") ? "failing" : null;
}

export function sentence(health: SourceHealth): string {
  if (health.state === "unknown") return t("sourceUnknown").replace("{source}", source(health.source)).replace("{time}", hour(health.reported));
  const due = health.retry_at && Date.parse(health.retry_at) > Date.now() ? t("nextTry").replace("{time}", hour(health.retry_at, true)) : t("trying");
  const name = health.target ? `${source(health.source)} (${health.target})` : source(health.source);
  const words = { "{source}": name, "{reason}": reason(health.reason), "{time}": health.since ? hour(health.since) : "–", "{next}": due };
  return t("outage").replace(/\{\w+\}/g, (word) => words[word as keyof typeof words]);
}

// Why there is no price: the reason on a dash.
export function noPrice(status: Status | null): string {
  return [t("noPrice"), ...(cutOff(status) ? troubles(status).filter((each) => PRICES.has(each.source)).map(sentence) : [])].join(". ");
}
