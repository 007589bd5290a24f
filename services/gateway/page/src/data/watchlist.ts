// The user's list of instruments: that of the owner of the key, where the browser has one; otherwise that of this browser, which
// lists what the market suggests until it is changed.
import { effect } from "@preact/signals";
import type { Account } from "./account";
import type { Market } from "./market";
import { own } from "./own_api";
import { OwnedList } from "./owned_list";
import { MAX_WATCHED, preferences } from "./preferences";
import type { Watched } from "./types";

const READ_MS = 60_000; // the bot and other clients may change it

export class Watchlist {
  readonly owned = new OwnedList<Watched>(own.watchlist);

  constructor(
    private readonly market: Market,
    private readonly account: Account,
  ) {}

  start(): void {
    effect(() => {
      const owner = this.account.owner.value;
      this.owned.forget();
      if (owner) this.owned.read();
    });
    setInterval(() => this.refresh(), READ_MS);
  }

  refresh(): void {
    if (this.account.view.peek()) this.owned.read();
  }

  get isOwned(): boolean {
    return this.owned.rows.value !== null;
  }

  get isChosen(): boolean {
    return this.isOwned || preferences.watchlist.value !== null;
  }

  // Symbols that are no longer known are left out once the instruments were read.
  get symbols(): string[] {
    const chosen = this.owned.rows.value?.map((each) => each.symbol) ?? preferences.watchlist.value;
    if (!chosen) return this.market.suggested();
    const instruments = this.market.instruments.value;
    const quoted = new Set(this.market.quoted);
    return instruments.size ? chosen.filter((symbol) => instruments.has(symbol) || quoted.has(symbol)) : [...chosen];
  }

  has(symbol: string): boolean {
    return this.symbols.includes(symbol);
  }

  // Rejected where the gateway does not take it: then the list is as before.
  async add(symbol: string, at = this.symbols.length): Promise<void> {
    const symbols = this.symbols;
    if (symbols.includes(symbol) || symbols.length >= MAX_WATCHED) return;
    if (!this.isOwned) {
      preferences.watchlist.value = [...symbols.slice(0, at), symbol, ...symbols.slice(at)];
      return;
    }
    const added = { symbol, added: new Date().toISOString() };
    await this.owned.change(
      (rows) => [...rows.slice(0, at), added, ...rows.slice(at)],
      () => own.watch(symbol),
    );
  }

  async remove(symbol: string): Promise<void> {
    if (!this.isOwned) {
      preferences.watchlist.value = this.symbols.filter((other) => other !== symbol);
      return;
    }
    await this.owned.change(
      (rows) => rows.filter((row) => row.symbol !== symbol),
      () => own.unwatch(symbol),
    );
  }

  // Make the list of this browser that of the owner, unless that has changed since it was read.
  async upload(): Promise<void> {
    const symbols = preferences.watchlist.peek() ?? [];
    const added = new Date().toISOString();
    await this.owned.change(
      () => symbols.map((symbol) => ({ symbol, added })),
      () => own.replaceWatchlist(symbols, this.owned.etag),
    );
  }
}
