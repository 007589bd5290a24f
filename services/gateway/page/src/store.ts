// What the page knows, and what it remembers for the next visit.
import type { Industry, Instrument, Quote, Signal, Timeframe } from "./types";
import { TIMEFRAMES } from "./types";
import type { Language } from "./words";

const KEY = "finstage.v1";
export const MOST = 200;
const SUGGESTED = 12;

interface Remembered {
  watchlist?: string[];
  language?: Language;
  timeframe?: Timeframe;
  symbol?: string;
}

export class Store {
  instruments = new Map<string, Instrument>();
  industries: Industry[] = [];
  quotes = new Map<string, Quote>();
  signals: Signal[] = [];
  watchlist: string[] = [];
  chosen = false; // true once the watchlist is the reader's own
  symbol: string | null = null;
  timeframe: Timeframe = "1Day";
  industry = "";
  language: Language;
  private heard = 0; // messages of the stream, and at which of them a thing was last heard of
  private readonly heardAt = new Map<string, number>();

  constructor() {
    const kept = remembered();
    this.language = kept.language ?? (navigator.language.startsWith("ko") ? "ko" : "en");
    if (kept.watchlist) {
      this.watchlist = kept.watchlist;
      this.chosen = true;
    }
    if (kept.timeframe) this.timeframe = kept.timeframe;
    this.symbol = kept.symbol ?? null;
  }

  remember(): void {
    const kept: Remembered = { language: this.language, timeframe: this.timeframe };
    if (this.chosen) kept.watchlist = this.watchlist;
    if (this.symbol) kept.symbol = this.symbol;
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // a browser that keeps nothing: the page works all the same
    }
  }

  // The first visit shows what has prices, then what may have some later; it becomes the reader's own list with the first change.
  suggest(): void {
    if (this.chosen) return;
    const active = [...this.instruments.values()].filter((i) => i.active).map((i) => i.symbol);
    this.watchlist = [...new Set([...[...this.quotes.keys()].sort(), ...active])].slice(0, SUGGESTED);
  }

  // When a question is put: what the stream tells after it is newer than its answer.
  get asked(): number {
    return this.heard;
  }

  // A quote of the stream, or of an answer to the question put at `asked`. False where a newer one is here.
  putQuote(quote: Quote, asked?: number): boolean {
    const known = this.quotes.get(quote.symbol);
    if (this.isOlder(`q ${quote.symbol}`, asked)) return false;
    if (known && known.replayed === quote.replayed && Date.parse(quote.date) < Date.parse(known.date)) return false;
    this.quotes.set(quote.symbol, quote);
    return true;
  }

  watch(symbol: string, at = this.watchlist.length): void {
    if (this.watchlist.includes(symbol) || this.watchlist.length >= MOST) return;
    this.watchlist = [...this.watchlist.slice(0, at), symbol, ...this.watchlist.slice(at)];
    this.chosen = true;
    this.remember();
  }

  unwatch(symbol: string): number {
    const at = this.watchlist.indexOf(symbol);
    this.watchlist = this.watchlist.filter((other) => other !== symbol);
    this.chosen = true;
    this.remember();
    return at;
  }

  listed(): string[] {
    if (!this.industry) return this.watchlist;
    return [...this.instruments.values()].filter((i) => i.industries.includes(this.industry)).map((i) => i.symbol);
  }

  // A view that is older than the one on the screen changes nothing; an industry that is not listed yet comes last.
  putIndustry(industry: Industry, asked?: number): void {
    const at = this.industries.findIndex((other) => other.industry === industry.industry);
    const known = at < 0 ? null : (this.industries[at]?.view ?? null);
    const older = this.isOlder(`v ${industry.industry}`, asked);
    const view = known && (older || !industry.view || Date.parse(industry.view.date) < Date.parse(known.date)) ? known : industry.view;
    if (at < 0) this.industries.push(industry);
    else this.industries[at] = { ...industry, view };
  }

  addSignal(signal: Signal): boolean {
    if (this.signals.some((other) => other.id === signal.id)) return false;
    this.signals = [signal, ...this.signals].sort((a, b) => Date.parse(b.date) - Date.parse(a.date)).slice(0, MOST);
    return true;
  }

  private isOlder(key: string, asked: number | undefined): boolean {
    if (asked !== undefined) return (this.heardAt.get(key) ?? 0) > asked;
    this.heardAt.set(key, ++this.heard);
    return false;
  }
}

function remembered(): Remembered {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>;
    const found: Remembered = {};
    const list = kept["watchlist"];
    if (Array.isArray(list)) found.watchlist = list.filter((s): s is string => typeof s === "string").slice(0, MOST);
    if (kept["language"] === "ko" || kept["language"] === "en") found.language = kept["language"];
    const timeframe = TIMEFRAMES.find((name) => name === kept["timeframe"]);
    if (timeframe) found.timeframe = timeframe;
    if (typeof kept["symbol"] === "string") found.symbol = kept["symbol"];
    return found;
  } catch {
    return {};
  }
}
