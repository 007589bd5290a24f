// The list of industries and markets: median move, breadth, leaders. Industries are sorted by their move; markets follow.
import { fill, h } from "./dom";
import { percent } from "./format";
import type { Store } from "./store";
import type { Industry, Mover, View } from "./types";
import { nameOf, t } from "./translations";

const PARTS = ["advances", "unchanged", "declines", "missing"] as const;

export class Industries {
  readonly element = h("section", { class: "panel industries", "aria-labelledby": "industries-title" });
  private readonly list = h("ol", { class: "views" });
  private scheduled = false;

  constructor(
    private readonly store: Store,
    private readonly select: (industry: string) => void,
  ) {}

  render(): void {
    fill(this.element, h("h2", { id: "industries-title" }, t("industries")), this.list);
    this.drawRows();
  }

  // Views of many industries arrive together: the list is drawn once a frame.
  scheduleDraw(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.drawRows();
    });
  }

  private drawRows(): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["industry"] : undefined;
    const shown = this.store.industries.filter((industry) => industry.view);
    const markets = shown.filter((industry) => industry.kind === "market");
    const others = shown.filter((industry) => industry.kind === "industry").sort((a, b) => median(b) - median(a));
    if (shown.length) fill(this.list, ...[...others, ...markets].map((industry) => this.row(industry, industry.view as View)));
    else fill(this.list, h("li", { class: "empty" }, t("noViews")));
    if (focused) this.list.querySelector<HTMLElement>(`[data-industry="${CSS.escape(focused)}"]`)?.focus();
  }

  private row(industry: Industry, view: View): HTMLLIElement {
    const content = [
      h("span", { class: "name" }, nameOf(industry)),
      h("span", { class: `median ${sign(view.median_move)}`, title: t("median") }, percent(view.median_move)),
      bar(view),
      h("span", { class: "movers" }, this.movers(view)),
    ];
    const properties = { "data-industry": industry.industry, "aria-pressed": String(this.store.industry === industry.industry), click: () => this.select(industry.industry) };
    return h("li", { class: "view" }, industry.kind === "market" ? h("div", {}, ...content) : h("button", properties, ...content));
  }

  private movers(view: View): string {
    const moverText = (mover: Mover | undefined) => {
      const instrument = mover && this.store.instruments.get(mover.symbol);
      return mover ? `${instrument ? nameOf(instrument) : mover.symbol} ${percent(mover.move, 1)}` : "";
    };
    return [moverText(view.leaders[0]), moverText(view.laggards[0])].filter(Boolean).join(" · ");
  }
}

function bar(view: View): HTMLElement {
  const words = PARTS.filter((part) => view[part] > 0).map((part) => `${t(part)} ${view[part]}`);
  const parts = PARTS.map((part) => {
    const piece = h("i", { class: part });
    piece.style.flexGrow = String(view[part]);
    return piece;
  });
  return h("span", { class: "breadth", role: "img", "aria-label": words.join(", "), title: words.join(", ") }, ...parts);
}

function median(industry: Industry): number {
  return industry.view?.median_move ?? -Infinity;
}

function sign(move: number | null): string {
  return move === null || move === 0 ? "" : move > 0 ? "up" : "down";
}
