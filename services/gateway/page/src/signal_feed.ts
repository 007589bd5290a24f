// The list of signals, newest first.
import { fill, h } from "./dom";
import { dateTime, price } from "./format";
import { recordText } from "./record";
import type { Store } from "./store";
import type { Signal } from "./types";
import { nameOf, ruleName, t, timeframeName } from "./translations";

const VISIBLE_SIGNALS = 60;

export class SignalFeed {
  readonly element = h("section", { class: "panel feed", "aria-labelledby": "feed-title" });
  private readonly list = h("ol", { class: "signals" });
  private watchlistOnly = false;
  private scheduled = false;

  constructor(
    private readonly store: Store,
    private readonly select: (signal: Signal) => void,
  ) {}

  render(): void {
    const filterButton = (watchlistOnly: boolean, word: string) =>
      h("button", { "aria-pressed": String(this.watchlistOnly === watchlistOnly), click: () => this.setFilter(watchlistOnly) }, word);
    fill(
      this.element,
      h("header", {}, h("h2", { id: "feed-title" }, t("signals")), h("div", { class: "choices", role: "group", "aria-label": t("signals") }, filterButton(false, t("all")), filterButton(true, t("mine")))),
      this.list,
      h("footer", {}, t("advice")),
    );
    this.list.setAttribute("aria-live", "polite");
    this.drawRows();
  }

  // Many signals may fire together: the list is drawn once a frame.
  scheduleDraw(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.drawRows();
    });
  }

  private drawRows(): void {
    const signals = this.watchlistOnly ? this.store.signals.filter((s) => this.store.watchlist.includes(s.symbol)) : this.store.signals;
    const existing = new Map([...this.list.children].map((item) => [(item as HTMLElement).dataset["id"], item]));
    const items = signals.slice(0, VISIBLE_SIGNALS).map((signal) => existing.get(signal.id) ?? this.item(signal));
    if (items.length) fill(this.list, ...items);
    else fill(this.list, h("li", { class: "empty" }, t("noSignals")));
  }

  private setFilter(watchlistOnly: boolean): void {
    this.watchlistOnly = watchlistOnly;
    this.render();
  }

  // Remove all items, so that they are built again after a change of the language.
  clear(): void {
    this.list.replaceChildren();
  }

  private item(signal: Signal): HTMLLIElement {
    const instrument = this.store.instruments.get(signal.symbol);
    const up = signal.direction === "up";
    return h(
      "li",
      { "data-id": signal.id, class: "signal" },
      h(
        "button",
        { click: () => this.select(signal) },
        h("span", { class: `arrow ${up ? "up" : "down"}`, role: "img", "aria-label": signal.direction }, up ? "▲" : "▼"),
        h("span", signal.sequence ? { class: "what", title: signal.sequence } : { class: "what" }, ruleName(signal.rule, signal.params)),
        h("span", { class: "frame" }, timeframeName(signal.timeframe)),
        h("span", { class: "who" }, instrument ? nameOf(instrument) : signal.symbol),
        h("span", { class: "price" }, price(signal.price, instrument)),
        h(
          "span",
          { class: "more" },
          h("span", { class: "record" }, recordText(signal.quality, signal.timeframe)),
          h("time", { datetime: signal.date }, signal.replayed ? `${dateTime(signal.date)} · ${t("replayedShort")}` : dateTime(signal.date)),
        ),
      ),
    );
  }
}
