import { describe, expect, test } from "vitest";
import { Market } from "../src/data/market";
import { industry, quote } from "./samples";

describe("what the page knows of the market", () => {
  test("an answer that was requested before a message does not replace it, though their times are equal", () => {
    const market = new Market();
    const requestedAt = market.messageCount;
    expect(market.putQuote(quote("AAPL", 5, { last_price: 7 }))).toBe(true);
    expect(market.putQuote(quote("AAPL", 5, { last_price: 6 }), requestedAt)).toBe(false);
    expect(market.quote("AAPL").value?.last_price).toBe(7);
    expect(market.putQuote(quote("AAPL", 6), market.messageCount)).toBe(true);
  });

  test("an older quote of the same kind is left out, a live one replaces a replayed one", () => {
    const market = new Market();
    market.putQuote(quote("AAPL", 5));
    expect(market.putQuote(quote("AAPL", 4))).toBe(false);
    expect(market.hasReplayed).toBe(true);
    expect(market.putQuote(quote("AAPL", 1, { replayed: false }))).toBe(true);
    expect(market.hasReplayed).toBe(false);
  });

  test("an industry keeps its newer view where an answer has an older one or none", () => {
    const market = new Market();
    const requestedAt = market.messageCount;
    market.putIndustry(industry("ai", 3, 0.04, 9));
    market.putIndustry(industry("ai", 4, 0.01, 1), requestedAt);
    market.putIndustry({ ...industry("ai", 5, 0), view: null }, market.messageCount);
    expect(market.industries.value.map((each) => [each.instruments, each.view?.median_move])).toEqual([[5, 0.04]]);
  });

  test("it is a replay while every price is one of a tape, and its time is that of the newest", () => {
    const market = new Market();
    expect([market.isReplay, market.newest]).toEqual([false, null]);
    market.putQuote(quote("AAPL", 9));
    market.putQuote(quote("NVDA", 5));
    expect([market.isReplay, market.newest]).toEqual([true, Date.parse(quote("AAPL", 9).date)]);
    market.putQuote(quote("NVDA", 1, { replayed: false }));
    expect([market.isReplay, market.hasReplayed]).toEqual([false, true]);
  });

  test("symbols are listed in the order of their first quote", () => {
    const market = new Market();
    for (const symbol of ["B", "A", "B"]) market.putQuote(quote(symbol, 1));
    expect(market.quoted).toEqual(["B", "A"]);
    expect(market.suggested()).toEqual(["A", "B"]);
  });
});
