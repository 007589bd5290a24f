// The user's list of instruments. Until the user changes it, it lists what the market suggests.

import type { Market } from "./market";
import { MAX_WATCHED, preferences } from "./preferences";

export class Watchlist {
  constructor(private readonly market: Market) {}

  get isChosen(): boolean {
    return preferences.watchlist.value !== null;
  }

  // Symbols that are no longer known are left out once the instruments were read.
  get symbols(): string[] {
    const chosen = preferences.watchlist.value;
    if (!chosen) return this.market.suggested();
    const instruments = this.market.instruments.value;
    const quoted = new Set(this.market.quoted);
    return instruments.size ? chosen.filter((symbol) => instruments.has(symbol) || quoted.has(symbol)) : chosen;
  }

  has(symbol: string): boolean {
    return this.symbols.includes(symbol);
  }

  add(symbol: string, at = this.symbols.length): void {
    const symbols = this.symbols;
    if (symbols.includes(symbol) || symbols.length >= MAX_WATCHED) return;
    preferences.watchlist.value = [...symbols.slice(0, at), symbol, ...symbols.slice(at)];
  }

  // The place at which the symbol was.
  remove(symbol: string): number {
    const symbols = this.symbols;
    preferences.watchlist.value = symbols.filter((other) => other !== symbol);
    return symbols.indexOf(symbol);
  }
}
