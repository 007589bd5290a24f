// The figures of a run, named and formatted. What is not defined is a dash.
import { percent, plain, share } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Missing } from "../../ui/states";
import type { Figures } from "./jobs";

const SIGNED = ["total_return", "cagr", "max_drawdown", "value_at_risk", "expected_shortfall", "expectancy", "mae", "mfe"];
const SHARES = ["volatility", "win_rate", "exposure"];
const WHOLE = ["trades", "drawdown_length", "costs_paid"];

// In the order in which they are read: what was earned, at what risk, by which trades, at what cost. Others come last.
const ORDER = [
  ...["total_return", "cagr", "sharpe", "sortino", "calmar", "max_drawdown", "drawdown_length", "volatility"],
  ...["value_at_risk", "expected_shortfall", "trades", "win_rate", "profit_factor", "expectancy", "sqn", "mae", "mfe"],
  ...["exposure", "turnover", "costs_paid"],
];

export function inOrder(names: Iterable<string>): string[] {
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...names].sort((a, b) => place(a) - place(b));
}

export function figureText(name: string, value: number): string {
  if (SIGNED.includes(name)) return percent(value, 1);
  if (SHARES.includes(name)) return share(value, 1);
  return plain(value, WHOLE.includes(name) ? 0 : 2);
}

export function Figure({ name, value }: { name: string; value: number | null | undefined }) {
  if (value == null) return <Missing why={t("why-undefined")} />;
  return <>{figureText(name, value)}</>;
}

export function figureName(name: string): string {
  return t(`figure-${name.replaceAll("_", "-")}`);
}

// The parts of a result that may be anything: a missing part is empty.
export function figuresOf(value: unknown): Figures {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, typeof each === "number" ? each : null]));
}

// What trading cost in a run, in the language of the page; runs of earlier versions say it in English alone.
export function costsText(result: Record<string, unknown>): string {
  const { commission_bp: commission, slippage_bp: slippage, borrow } = figuresOf(result["cost_terms"]);
  if (commission == null || slippage == null || borrow == null)
    return result["costs"] ? t("with-costs", { costs: String(result["costs"]) }) : "";
  return t("with-cost-terms", { commission: plain(commission), slippage: plain(slippage), borrow: share(borrow, 2) });
}
