// The market as this page knows it: instruments, quotes, industries, signals. An older answer never replaces a newer message.
import { type Signal as State, signal } from "@preact/signals";
import { withStory } from "./stories";
import type { Industry, Instrument, Quote, Signal, Story } from "./types";

export const MAX_SIGNALS = 200;
const SUGGESTED = 12;

export class Market {
  readonly instruments = signal<ReadonlyMap<string, Instrument>>(new Map());
  readonly industries = signal<readonly Industry[]>([]);
  readonly signals = signal<readonly Signal[]>([]);
  readonly stories = signal<readonly Story[]>([]);
  readonly changes = signal(0); // number of stored quotes: who lists many of them reads this instead of each quote
  private readonly quotes = new Map<string, State<Quote | null>>();
  private readonly quotedSymbols: string[] = [];
  private readonly quotedCount = signal(0);
  private readonly replayedQuotes = signal(0);
  private readonly newestAt = signal<number | null>(null);
  private received = 0; // number of received messages, and the number at which each quote or view was last received
  private readonly receivedAt = new Map<string, number>();

  // The quote of a symbol, as a value that is observed; null before the first one.
  quote(symbol: string): State<Quote | null> {
    let held = this.quotes.get(symbol);
    if (!held) {
      held = signal<Quote | null>(null);
      this.quotes.set(symbol, held);
    }
    return held;
  }

  // Symbols with a quote, in the order in which they came.
  get quoted(): readonly string[] {
    return this.quotedCount.value ? this.quotedSymbols : [];
  }

  instrument(symbol: string): Instrument | undefined {
    return this.instruments.value.get(symbol);
  }

  isKnown(symbol: string): boolean {
    return this.instruments.peek().has(symbol) || this.quotes.get(symbol)?.peek() != null;
  }

  // The instruments with prices, then other active ones.
  suggested(): string[] {
    const active = [...this.instruments.value.values()].filter((each) => each.active).map((each) => each.symbol);
    return [...new Set([...[...this.quoted].sort(), ...active])].slice(0, SUGGESTED);
  }

  members(industry: string): string[] {
    return [...this.instruments.value.values()].filter((each) => each.industries.includes(industry)).map((each) => each.symbol);
  }

  get hasReplayed(): boolean {
    return this.replayedQuotes.value > 0 || this.signals.value.some((each) => each.replayed);
  }

  // Whether every price is one of a tape: then nothing here is of today.
  get isReplay(): boolean {
    return this.quotedCount.value > 0 && this.replayedQuotes.value === this.quotedCount.value;
  }

  // The time of the newest price; null before the first one.
  get newest(): number | null {
    return this.newestAt.value;
  }

  // Taken when a request is sent: messages received after it are newer than the response.
  get messageCount(): number {
    return this.received;
  }

  putInstruments(found: readonly Instrument[]): void {
    this.instruments.value = new Map([...this.instruments.peek(), ...found.map((each) => [each.symbol, each] as const)]);
  }

  // Store a quote of the stream, or of a response to a request sent at `requestedAt`. False where a newer one is stored.
  putQuote(quote: Quote, requestedAt?: number): boolean {
    const held = this.quote(quote.symbol);
    const known = held.peek();
    if (this.isOlder(`q ${quote.symbol}`, requestedAt)) return false;
    const at = Date.parse(quote.date);
    if (known && known.replayed === quote.replayed && at < Date.parse(known.date)) return false;
    if (at > (this.newestAt.peek() ?? 0)) this.newestAt.value = at;
    held.value = quote;
    if (!known) this.quotedCount.value = this.quotedSymbols.push(quote.symbol);
    this.replayedQuotes.value += Number(quote.replayed) - Number(known?.replayed ?? false);
    this.changes.value += 1;
    return true;
  }

  // Store an industry; an older view does not replace the stored one. A new industry is added at the end.
  putIndustry(industry: Industry, requestedAt?: number): void {
    const all = this.industries.peek();
    const known = all.find((other) => other.industry === industry.industry)?.view ?? null;
    const older = this.isOlder(`v ${industry.industry}`, requestedAt);
    const view = known && (older || !industry.view || Date.parse(industry.view.date) < Date.parse(known.date)) ? known : industry.view;
    const stored = { ...industry, view };
    const at = all.findIndex((other) => other.industry === industry.industry);
    this.industries.value = at < 0 ? [...all, stored] : all.with(at, stored);
  }

  addSignal(found: Signal): boolean {
    const all = this.signals.peek();
    if (all.some((other) => other.id === found.id)) return false;
    this.signals.value = [found, ...all].sort((a, b) => Date.parse(b.date) - Date.parse(a.date)).slice(0, MAX_SIGNALS);
    return true;
  }

  putStory(found: Story): boolean {
    const before = this.stories.peek();
    this.stories.value = withStory(before, found);
    return this.stories.peek() !== before;
  }

  private isOlder(key: string, requestedAt: number | undefined): boolean {
    if (requestedAt !== undefined) return (this.receivedAt.get(key) ?? 0) > requestedAt;
    this.receivedAt.set(key, ++this.received);
    return false;
  }
}
