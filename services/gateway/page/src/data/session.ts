// One visit of the page: what is read first, the stream, what is read after a gap, and the status of the gateway.
import { batch, computed, effect, signal } from "@preact/signals";
import { Account } from "./account";
import { api } from "./api";
import { key } from "./key";
import { Market } from "./market";
import { readDirectory, readMarket, readMissed } from "./market_reads";
import { RepeatedRead } from "./repeated_read";
import type { Selection } from "./selection";
import { Stream, type State as StreamState } from "./stream";
import type { DataMessage, Status } from "./types";
import { Watchlist } from "./watchlist";

const STATUS_INTERVAL_MS = 10_000;

export type Listener = (message: DataMessage) => void;

export class Session {
  readonly market = new Market();
  readonly account = new Account();
  readonly watchlist = new Watchlist(this.market, this.account);
  readonly stream = new Stream(
    (message) => this.onMessage(message),
    (state) => {
      this.state.value = state;
    },
    () => this.onGap(),
  );
  readonly state = signal<StreamState>({ kind: "connecting" });
  readonly status = signal<Status | null>(null);
  readonly statusError = signal<Error | null>(null);
  readonly isRead = signal(false); // the first read has succeeded
  readonly firstError = signal<Error | null>(null);
  readonly missedError = signal<Error | null>(null);
  readonly viewError = signal<Error | null>(null); // of what the open view reads after a message or a gap
  readonly symbols = signal<ReadonlySet<string> | null>(null); // whose quotes the open view shows; * for all; null before one is open
  readonly barsOf = signal<string | null>(null);
  readonly gaps = signal(0);
  private readonly listeners = new Set<Listener>();
  private readonly gapListeners = new Set<() => void>();
  private readonly firstRead = new RepeatedRead(
    () => readMarket(this.market, (message) => this.tell(message)),
    (error) => this.onFirstRead(error),
  );
  private readonly missedRead = new RepeatedRead(
    () => this.readGap(),
    (error) => {
      this.missedError.value = error;
    },
  );
  private readonly statusRead = new RepeatedRead(
    async () => {
      this.status.value = (await api.status()).results[0] ?? null;
    },
    (error) => {
      this.statusError.value = error;
      if (error) this.status.value = null; // while the status cannot be read, it is unknown
    },
  );
  // Ingest may fill the table of instruments after the page was opened.
  private readonly directoryRead = new RepeatedRead(() => readDirectory(this.market));

  // Null before a view is open: each selector that is added later makes the page read the market again.
  readonly wanted = computed<Selection | null>(() => {
    if (!this.symbols.value) return null;
    const symbol = this.barsOf.value;
    const quotes = new Set(this.symbols.value);
    if (symbol) quotes.add(symbol);
    return {
      quotes: quotes.has("*") ? new Set(["*"]) : quotes,
      bars: new Set(symbol ? [symbol] : []),
      signals: new Set(["*"]),
      industries: new Set(["*"]),
      news: new Set(["*"]),
    };
  });

  start(): void {
    effect(() => {
      if (this.wanted.value) this.stream.select(this.wanted.value);
    });
    this.account.start();
    this.watchlist.start();
    effect(() => {
      if (key.value && this.firstError.peek()) this.firstRead.restart(); // reading may need a key here
    });
    setInterval(() => this.refreshStatus(), STATUS_INTERVAL_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.refreshStatus();
      this.watchlist.refresh();
    });
    this.refreshStatus();
    this.firstRead.request();
  }

  retryFirstRead(): void {
    this.firstRead.restart();
  }

  // The open view shows these quotes, and the bars of this symbol. One change: each that adds selectors makes the page read again.
  show(symbols: Iterable<string>, barsOf: string | null = null): void {
    batch(() => {
      this.symbols.value = new Set(symbols);
      this.barsOf.value = barsOf;
    });
  }

  // Messages of the stream after they are stored. Returns what ends it.
  listen(listener: Listener, onGap: () => void): () => void {
    this.listeners.add(listener);
    this.gapListeners.add(onGap);
    return () => {
      this.listeners.delete(listener);
      this.gapListeners.delete(onGap);
    };
  }

  refreshStatus(): void {
    this.statusRead.request();
    if (this.stream.isOpened && !this.market.instruments.peek().size) this.directoryRead.request();
  }

  private onMessage(message: DataMessage): void {
    const isNews = batch(() => this.store(message));
    if (isNews) for (const listener of this.listeners) listener(message);
  }

  private store(message: DataMessage): boolean {
    if (message.T === "q") return this.market.putQuote(message);
    if (message.T === "s") return this.market.addSignal(message);
    if (message.T === "n") return this.market.putStory(message);
    if (message.T === "v") this.market.putIndustry(message);
    return true;
  }

  // Messages were missed: their effects are read by REST; only then does the position of the stream advance.
  private onGap(): void {
    this.gaps.value += 1;
    this.missedRead.request();
    for (const listener of this.gapListeners) listener();
  }

  private async readGap(): Promise<void> {
    const mark = this.stream.mark();
    await readMissed(this.market, (message) => this.tell(message));
    this.stream.closeGap(mark);
  }

  private tell(message: DataMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  private onFirstRead(error: Error | null): void {
    this.firstError.value = error;
    if (error || this.isRead.peek()) return;
    this.isRead.value = true;
    this.stream.open();
  }
}
