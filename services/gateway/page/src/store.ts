// The state of the page, and the part of it that is stored for the next visit.
import type { Industry, Instrument, Quote, Signal, Timeframe } from "./types";
import { TIMEFRAMES } from "./types";
import type { Language } from "./translations";

const KEY = "finstage.v1";
export const MAX_ROWS = 200;
const SUGGESTED = 12;

interface StoredState {
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
  isWatchlistChosen = false; // true after the user has changed the watchlist
  symbol: string | null = null;
  timeframe: Timeframe = "1Day";
  industry = "";
  language: Language;
  private received = 0; // number of received messages, and the number at which each quote or view was last received
  private readonly receivedAt = new Map<string, number>();

  constructor() {
    const stored = readStored();
    this.language = stored.language ?? (navigator.language.startsWith("ko") ? "ko" : "en");
    if (stored.watchlist) {
      this.watchlist = stored.watchlist;
      this.isWatchlistChosen = true;
    }
    if (stored.timeframe) this.timeframe = stored.timeframe;
    this.symbol = stored.symbol ?? null;
  }

  save(): void {
    const stored: StoredState = { language: this.language, timeframe: this.timeframe };
    if (this.isWatchlistChosen) stored.watchlist = this.watchlist;
    if (this.symbol) stored.symbol = this.symbol;
    try {
      localStorage.setItem(KEY, JSON.stringify(stored));
    } catch {
      // without storage the page works, and forgets its state
    }
  }

  // The first visit lists instruments with prices, then other active ones. The list becomes the user's with the first change.
  suggestWatchlist(): void {
    if (this.isWatchlistChosen) return;
    const active = [...this.instruments.values()].filter((i) => i.active).map((i) => i.symbol);
    this.watchlist = [...new Set([...[...this.quotes.keys()].sort(), ...active])].slice(0, SUGGESTED);
  }

  // Taken when a request is sent: messages received after it are newer than the response.
  get messageCount(): number {
    return this.received;
  }

  // Store a quote of the stream, or of a response to a request sent at `requestedAt`. False where a newer one is stored.
  putQuote(quote: Quote, requestedAt?: number): boolean {
    const known = this.quotes.get(quote.symbol);
    if (this.isOlder(`q ${quote.symbol}`, requestedAt)) return false;
    if (known && known.replayed === quote.replayed && Date.parse(quote.date) < Date.parse(known.date)) return false;
    this.quotes.set(quote.symbol, quote);
    return true;
  }

  watch(symbol: string, at = this.watchlist.length): void {
    if (this.watchlist.includes(symbol) || this.watchlist.length >= MAX_ROWS) return;
    this.watchlist = [...this.watchlist.slice(0, at), symbol, ...this.watchlist.slice(at)];
    this.isWatchlistChosen = true;
    this.save();
  }

  unwatch(symbol: string): number {
    const at = this.watchlist.indexOf(symbol);
    this.watchlist = this.watchlist.filter((other) => other !== symbol);
    this.isWatchlistChosen = true;
    this.save();
    return at;
  }

  listedSymbols(): string[] {
    if (!this.industry) return this.watchlist;
    return [...this.instruments.values()].filter((i) => i.industries.includes(this.industry)).map((i) => i.symbol);
  }

  // Store an industry; an older view does not replace the stored one. A new industry is added at the end.
  putIndustry(industry: Industry, requestedAt?: number): void {
    const at = this.industries.findIndex((other) => other.industry === industry.industry);
    const known = at < 0 ? null : (this.industries[at]?.view ?? null);
    const older = this.isOlder(`v ${industry.industry}`, requestedAt);
    const view = known && (older || !industry.view || Date.parse(industry.view.date) < Date.parse(known.date)) ? known : industry.view;
    if (at < 0) this.industries.push(industry);
    else this.industries[at] = { ...industry, view };
  }

  addSignal(signal: Signal): boolean {
    if (this.signals.some((other) => other.id === signal.id)) return false;
    this.signals = [signal, ...this.signals].sort((a, b) => Date.parse(b.date) - Date.parse(a.date)).slice(0, MAX_ROWS);
    return true;
  }

  private isOlder(key: string, requestedAt: number | undefined): boolean {
    if (requestedAt !== undefined) return (this.receivedAt.get(key) ?? 0) > requestedAt;
    this.receivedAt.set(key, ++this.received);
    return false;
  }
}

function readStored(): StoredState {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>;
    const found: StoredState = {};
    const list = stored["watchlist"];
    if (Array.isArray(list)) found.watchlist = list.filter((s): s is string => typeof s === "string").slice(0, MAX_ROWS);
    if (stored["language"] === "ko" || stored["language"] === "en") found.language = stored["language"];
    const timeframe = TIMEFRAMES.find((name) => name === stored["timeframe"]);
    if (timeframe) found.timeframe = timeframe;
    if (typeof stored["symbol"] === "string") found.symbol = stored["symbol"];
    return found;
  } catch {
    return {};
  }
}
