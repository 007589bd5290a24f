// Signals as they fire, the newest on top.
import { fill, h } from "./dom";
import { moment, percent, price } from "./format";
import type { Store } from "./store";
import type { Quality, Signal } from "./types";
import { frame, nameOf, rule, t } from "./words";

const SHOWN = 60;

export class Feed {
  readonly element = h("section", { class: "panel feed", "aria-labelledby": "feed-title" });
  private readonly list = h("ol", { class: "signals" });
  private mine = false;
  private waiting = false;

  constructor(
    private readonly store: Store,
    private readonly select: (signal: Signal) => void,
  ) {}

  render(): void {
    const choice = (mine: boolean, word: string) =>
      h("button", { "aria-pressed": String(this.mine === mine), click: () => this.narrow(mine) }, word);
    fill(
      this.element,
      h("header", {}, h("h2", { id: "feed-title" }, t("signals")), h("div", { class: "choices", role: "group", "aria-label": t("signals") }, choice(false, t("all")), choice(true, t("mine")))),
      this.list,
      h("footer", {}, t("advice")),
    );
    this.list.setAttribute("aria-live", "polite");
    this.rows();
  }

  // Many may fire in one moment: the list is drawn once a frame.
  added(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.rows();
    });
  }

  private rows(): void {
    const wanted = this.mine ? this.store.signals.filter((s) => this.store.watchlist.includes(s.symbol)) : this.store.signals;
    const known = new Map([...this.list.children].map((item) => [(item as HTMLElement).dataset["id"], item]));
    const items = wanted.slice(0, SHOWN).map((signal) => known.get(signal.id) ?? this.item(signal));
    if (items.length) fill(this.list, ...items);
    else fill(this.list, h("li", { class: "empty" }, t("noSignals")));
  }

  private narrow(mine: boolean): void {
    this.mine = mine;
    this.render();
  }

  // Words may have changed with the language.
  forget(): void {
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
        h("span", signal.sequence ? { class: "what", title: signal.sequence } : { class: "what" }, rule(signal.rule, signal.params)),
        h("span", { class: "frame" }, frame(signal.timeframe)),
        h("span", { class: "who" }, instrument ? nameOf(instrument) : signal.symbol),
        h("span", { class: "price" }, price(signal.price, instrument)),
        h(
          "span",
          { class: "more" },
          h("span", { class: "record" }, record(signal.quality)),
          h("time", { datetime: signal.date }, signal.replayed ? `${moment(signal.date)} · ${t("replayedShort")}` : moment(signal.date)),
        ),
      ),
    );
  }
}

function record(quality: Quality | null): string {
  if (!quality) return t("noRecord");
  return `${t("record")} ${percent(quality.win_rate, 0).replace("+", "")} / ${quality.n} · ${percent(quality.mean_return, 1)}`;
}
