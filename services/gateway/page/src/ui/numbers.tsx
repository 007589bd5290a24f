// Numbers that change: prices, moves, breadth.
import { useEffect, useRef } from "preact/hooks";
import type { Quote, View } from "../data/types";
import { percent, price } from "../i18n/format";
import { noPriceText } from "../i18n/outage";
import { t } from "../i18n/words";
import { useSession } from "./session";
import { Missing } from "./states";

export function sign(move: number | null | undefined): string {
  return move == null || move === 0 ? "" : move > 0 ? "up" : "down";
}

export function Move({ value, digits = 2, why }: { value: number | null | undefined; digits?: number; why?: string }) {
  if (value == null) return <Missing why={why ?? t("why-no-move")} />;
  return <span class={`move ${sign(value)}`}>{percent(value, digits)}</span>;
}

// The last price of an instrument; it flashes when it changes.
export function Price({ symbol, id }: { symbol: string; id?: string }) {
  const { market, status } = useSession();
  const quote = market.quote(symbol).value;
  const shown = useRef<Quote | null>(null);
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const before = shown.current;
    shown.current = quote;
    if (!quote || !before || before.symbol !== quote.symbol || before.last_price === quote.last_price) return;
    flash(element.current, quote.last_price > before.last_price);
  }, [quote]);
  const mark = id ? { id } : {};
  if (!quote) {
    return (
      <span key="missing" class="price" {...mark} title={noPriceText(status.value)}>
        –
      </span>
    );
  }
  return (
    <span key="known" class="price" {...mark} ref={element}>
      {price(quote.last_price, market.instrument(symbol))}
    </span>
  );
}

// Starts the animation again by its name alone, which forces no layout.
function flash(element: HTMLElement | null, up: boolean): void {
  if (!element) return;
  const last = element.dataset["flash"];
  element.dataset["flash"] = up ? (last === "up" ? "up-again" : "up") : last === "down" ? "down-again" : "down";
}

const PARTS = ["advances", "unchanged", "declines", "missing"] as const;

// How many members rose, fell, stood and did not trade.
export function Breadth({ view }: { view: View }) {
  const words = PARTS.filter((part) => view[part] > 0)
    .map((part) => `${t(`breadth-${part}`)} ${view[part]}`)
    .join(", ");
  return (
    <span class="breadth" role="img" aria-label={words} title={words}>
      {PARTS.map((part) => (
        <i key={part} class={part} style={{ flexGrow: view[part] }} />
      ))}
    </span>
  );
}
