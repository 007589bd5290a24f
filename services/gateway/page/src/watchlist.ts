// The list of instruments with live prices, the search, the filter by industry and the star buttons.
import { api } from "./api";
import { ICONS, fill, h, icon } from "./dom";
import { percent, price } from "./format";
import type { Store } from "./store";
import type { Instrument, Quote } from "./types";
import { nameOf, t } from "./translations";

interface Actions {
  select(symbol: string): void;
  star(symbol: string): void;
  changed(): void;
  noPrice(): string;
}

interface Row {
  element: HTMLLIElement;
  price: HTMLElement;
  change: HTMLElement;
  shown: number | null;
}

const SEARCH_DELAY_MS = 150;

export class Watchlist {
  readonly element = h("section", { class: "panel watchlist", "aria-labelledby": "watchlist-title" });
  private readonly rows = new Map<string, Row>();
  private readonly list = h("ul", { class: "rows" });
  private searchResults: Instrument[] | null = null;
  private searching: AbortController | null = null;
  private timer = 0;
  private input = h("input");

  constructor(
    private readonly store: Store,
    private readonly actions: Actions,
  ) {}

  // Build the whole panel: texts, industries, rows.
  render(): void {
    this.input = h("input", {
      id: "search", type: "search", autocomplete: "off", spellcheck: "false", enterkeyhint: "search",
      placeholder: t("search"), "aria-label": t("search"), "aria-controls": "instruments",
      input: () => this.scheduleSearch(), keydown: (event: KeyboardEvent) => this.onKey(event),
    });
    const industries = h(
      "select",
      { id: "industry", "aria-label": t("industry"), change: (event: Event) => this.filterByIndustry((event.target as HTMLSelectElement).value) },
      h("option", { value: "" }, t("allMine")),
      ...this.store.industries.filter((i) => i.kind === "industry").map((i) => h("option", { value: i.industry, selected: i.industry === this.store.industry }, `${nameOf(i)} (${i.instruments})`)),
    );
    this.list.id = "instruments";
    fill(
      this.element,
      h("h2", { id: "watchlist-title" }, t("watchlist")),
      h("div", { class: "find" }, h("label", { class: "field" }, icon(ICONS.search), this.input), industries),
      this.list,
    );
    this.drawRows();
  }

  drawRows(): void {
    this.rows.clear();
    const symbols = this.searchResults ? this.searchResults.map((i) => i.symbol) : this.store.listedSymbols();
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["key"] : undefined;
    fill(this.list, ...symbols.map((symbol) => this.row(symbol).element));
    if (!symbols.length) fill(this.list, h("li", { class: "empty" }, this.searchResults ? t("noMatch") : this.store.isWatchlistChosen ? t("emptyList") : t("noQuotes")));
    if (focused) this.list.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    for (const symbol of symbols) {
      const quote = this.store.quotes.get(symbol);
      if (quote) this.quote(quote, false);
    }
  }

  quote(quote: Quote, live = true): void {
    const row = this.rows.get(quote.symbol);
    if (!row) return;
    const up = row.shown === null || row.shown === quote.last_price ? null : quote.last_price > row.shown;
    row.shown = quote.last_price;
    row.price.removeAttribute("title");
    row.price.textContent = price(quote.last_price, this.store.instruments.get(quote.symbol));
    row.change.textContent = percent(quote.change_percent);
    row.change.className = `change ${direction(quote)}`;
    if (live && up !== null) flash(row.price, up);
  }

  // Update the reasons of missing prices.
  updateReasons(): void {
    for (const row of this.rows.values()) if (row.shown === null) row.price.title = this.actions.noPrice();
  }

  private row(symbol: string): Row {
    const instrument = this.store.instruments.get(symbol);
    const isWatched = this.store.watchlist.includes(symbol);
    const name = instrument ? nameOf(instrument) : symbol;
    const row: Row = {
      element: h("li", { class: "row" }),
      price: h("span", { class: "price", title: this.actions.noPrice() }, "–"),
      change: h("span", { class: "change" }, ""),
      shown: null,
    };
    const choose = h(
      "button",
      { class: "choose", "data-key": `choose ${symbol}`, "aria-current": this.store.symbol === symbol ? "true" : null, click: () => this.actions.select(symbol) },
      h("span", { class: "name" }, name),
      h("span", { class: "symbol" }, symbol),
      row.price,
      row.change,
    );
    const label = `${isWatched ? t("removeFrom") : t("addTo")}: ${name}`;
    const star = h("button", { class: "star", "data-key": `star ${symbol}`, "aria-pressed": String(isWatched), "aria-label": label, title: label, click: () => this.actions.star(symbol) }, icon(ICONS.star, 15));
    row.element.append(choose, star);
    this.rows.set(symbol, row);
    return row;
  }

  private scheduleSearch(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.search(), SEARCH_DELAY_MS);
  }

  private async search(): Promise<void> {
    this.searching?.abort();
    const text = this.input.value.trim();
    if (!text) {
      this.searchResults = null;
      this.actions.changed();
      return this.drawRows();
    }
    const request = (this.searching = new AbortController());
    try {
      this.searchResults = (await api.search(text, request.signal)).results;
      this.actions.changed();
      this.drawRows();
    } catch (error) {
      if (!request.signal.aborted) fill(this.list, h("li", { class: "empty" }, `${t("failed")}: ${(error as Error).message}`));
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.input.value = "";
      void this.search();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      this.list.querySelector<HTMLElement>(".choose")?.focus();
    }
  }

  filterByIndustry(industry: string): void {
    clearTimeout(this.timer);
    this.searching?.abort();
    this.store.industry = industry;
    this.searchResults = null;
    this.input.value = "";
    this.actions.changed();
    this.drawRows();
  }

  // The symbols on the screen.
  shownSymbols(): string[] {
    return this.searchResults ? this.searchResults.map((i) => i.symbol) : this.store.listedSymbols();
  }
}

export function direction(quote: Quote): string {
  const change = quote.change_percent ?? 0;
  return change > 0 ? "up" : change < 0 ? "down" : "";
}

export function flash(element: HTMLElement, up: boolean): void {
  element.classList.remove("flash-up", "flash-down");
  void element.offsetWidth; // restarts the animation
  element.classList.add(up ? "flash-up" : "flash-down");
}
