import { describe, expect, test } from "vitest";
import { address, parseRoute } from "../src/app/router";
import { capabilitiesOf } from "../src/data/capabilities";
import { keyIn, masked } from "../src/data/key";
import { Market } from "../src/data/market";
import { completions, wordBefore } from "../src/ui/completion";
import { commandOf } from "../src/ui/create_alert";
import { sortRows } from "../src/ui/table";
import { industryIndex, industryMembers } from "../src/views/instrument/industry_index";
import { movers } from "../src/views/market/movers";
import { strength, tiles } from "../src/views/market/tiles";
import { type HeatMap, isOnPlateau, isSetAt, levels, rowsOf } from "../src/views/research/heat";
import { bodyOf } from "../src/views/research/jobs";
import { batches, matchOf } from "../src/views/screener/screening";
import { bar, industry, instrument, quote } from "./samples";

test("an address is read as it was written; an unknown view is the market", () => {
  expect(address("instrument", "^GSPC", { compare: "005930.KS", empty: "" })).toBe("#/instrument/%5EGSPC?compare=005930.KS");
  expect(parseRoute("#/instrument/%5EGSPC?compare=005930.KS")).toEqual({
    view: "instrument",
    part: "^GSPC",
    query: { compare: "005930.KS" },
  });
  expect(parseRoute(address("research", "runs/a b")).part).toBe("runs/a b");
  expect(parseRoute("#/nothing/%E0%A4%A").view).toBe("market");
});

test("rows without a value come last in both directions", () => {
  const rows = [{ v: 2 }, { v: null }, { v: 3 }];
  expect(sortRows(rows, (row) => row.v, true).map((row) => row.v)).toEqual([3, 2, null]);
  expect(sortRows(rows, (row) => row.v, false).map((row) => row.v)).toEqual([2, 3, null]);
});

describe("the market view", () => {
  test("movers are those that moved that way, the largest first", () => {
    const quotes = [0.01, -0.02, null, 0.05, 0, -0.01].map((move, n) => quote(`S${n}`, n, { change_percent: move }));
    expect(movers(quotes, "gainers").map((each) => each.change_percent)).toEqual([0.05, 0.01]);
    expect(movers(quotes, "losers").map((each) => each.change_percent)).toEqual([-0.02, -0.01]);
  });

  test("tiles fill the map in proportion to the members", () => {
    const placed = tiles([industry("a", 6, 0.01), industry("b", 3, null), industry("c", 0, 0)], 2);
    expect(placed.map((each) => each.industry.industry)).toEqual(["a", "b"]);
    const areas = placed.map((each) => (each.width * each.height) / 100);
    expect(areas[0]).toBeCloseTo(200 / 3, 6);
    expect(areas[1]).toBeCloseTo(100 / 3, 6);
  });

  test("an unknown move has no strength, and none has strength 0", () => {
    expect([null, 0, 0.001, -0.01, 0.05].map(strength)).toEqual([null, 0, 0, -2, 4]);
  });
});

describe("conditions", () => {
  test("the word before the caret is completed by name and by words", () => {
    expect(wordBefore("close > sma_2", 13)).toBe("sma_2");
    expect(wordBefore("close > 20", 10)).toBe("");
    expect(completions("rsi_1").map((each) => each.insert)).toContain("rsi_14");
    expect(completions("볼린저").every((each) => each.ko.includes("볼린저"))).toBe(true);
    expect(completions("crosses")[0]?.insert).toBe("crosses_above(close, sma_200)");
  });

  test("a condition holds where it held on the newest bar", () => {
    const found = { symbol: "AAPL", bars: 9, first_bar: "a", last_bar: "c", held: 2, unknown: 0, dates: ["c", "b"] };
    expect(matchOf(found)).toEqual([{ symbol: "AAPL", date: "c", values: {} }]);
    expect(matchOf({ ...found, dates: ["b"] })).toEqual([]);
    expect(matchOf({ ...found, bars: 0, last_bar: null, dates: [] })).toEqual([]);
    expect(batches(Array.from({ length: 41 }, (_, i) => String(i))).map((each) => each.length)).toEqual([20, 20, 1]);
  });
});

describe("an industry as a line", () => {
  test("each bar moves by the mean of the members that traded then and before", () => {
    const members = [
      [bar(0, 100), bar(1, 110), bar(2, 110)],
      [bar(1, 50), bar(2, 40)],
    ];
    const found = industryIndex(members, "1Day");
    expect(found.map((each) => each.date)).toEqual([bar(1, 0).date, bar(2, 0).date]);
    expect(found[0]?.close).toBeCloseTo(110);
    expect(found[1]?.close).toBeCloseTo(110 * 0.9); // (0 - 20 %) / 2
    expect(industryIndex([], "1Day")).toEqual([]);
    expect(industryIndex([[bar(0, 0), bar(1, 5)]], "1Day")).toEqual([]);
  });

  test("the members are those of the industry without the instrument itself", () => {
    const market = new Market();
    market.putInstruments(["A", "B", "C"].map((symbol) => instrument(symbol, symbol === "C" ? [] : ["chips"])));
    expect(industryMembers(market, "industry:chips", "A")).toEqual(["B"]);
    expect(industryMembers(market, "^GSPC", "A")).toBeNull();
  });
});

describe("the key and alerts", () => {
  test("a key is shown without its secret, and what cannot be a header is no key", () => {
    expect(masked("fs_0123456789_SECRETSECRET")).toBe("fs_0123456789_••••••••");
    expect(keyIn("  fs_0123456789_SECRET\n")).toBe("fs_0123456789_SECRET");
    expect([keyIn(""), keyIn("a b"), keyIn("키"), keyIn("x".repeat(201))]).toEqual([null, null, null, null]);
  });

  test("the command for the bot has the frequency and what it is about", () => {
    expect(commandOf("close > 5 on 1d", ["AAPL", "NVDA"], null, "once_per_bar_close")).toBe("/alert close > 5 on 1d for AAPL, NVDA");
    expect(commandOf("close > 5 on 1d", [], "ai", "once")).toBe("/alert once close > 5 on 1d for industry:ai");
    expect(commandOf("close > 5 on 1d", [], null, "once_per_bar_close")).toBe("/alert close > 5 on 1d");
  });
});

describe("research", () => {
  const properties = {
    entry: { type: "string" },
    direction: { enum: ["both", "long"], default: "long" },
    stop_loss: { anyOf: [{ type: "number" }, { type: "null" }], default: null, description: "below the entry" },
    symbols: { type: "array", items: { type: "string" }, default: [] },
    ranges: { type: "object" },
    start: { anyOf: [{ type: "string", format: "date" }, { type: "null" }], default: null },
    page: { type: "boolean", default: true },
  };
  const document = {
    paths: { "/runs": { post: { requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Run" } } } } } } },
    components: { schemas: { Run: { properties, required: ["entry"] } } },
  };

  test("the form has the fields of the request in the gateway's own description", () => {
    const found = capabilitiesOf(document);
    expect([found.has("/runs", "post"), found.has("/runs", "get"), found.has("/none", "post")]).toEqual([true, false, false]);
    expect(found.body("/runs").map((each) => [each.name, each.type, each.isRequired])).toEqual([
      ["entry", "text", true],
      ["direction", "choice", false],
      ["stop_loss", "number", false],
      ["symbols", "list", false],
      ["ranges", "ranges", false],
      ["start", "date", false],
      ["page", "boolean", false],
    ]);
    expect(found.body("/none")).toEqual([]);
  });

  test("what is empty or at its default is not sent", () => {
    const typed = {
      entry: "golden_cross",
      direction: "long",
      stop_loss: "0.05",
      symbols: "AAPL, SPY",
      ranges: "fast = 5:50:5\nslow=50,100",
      page: "false",
      start: "",
    };
    expect(bodyOf(capabilitiesOf(document).body("/runs"), typed)).toEqual({
      entry: "golden_cross",
      stop_loss: 0.05,
      symbols: ["AAPL", "SPY"],
      ranges: { fast: "5:50:5", slow: "50,100" },
      page: false,
    });
    expect(bodyOf([{ name: "stop_loss", type: "number", otherwise: null }], { stop_loss: "much" })).toEqual({ stop_loss: "much" });
  });

  test("a heat map marks the chosen set and the peak", () => {
    const heat: HeatMap = {
      objective: "sharpe",
      across: { name: "fast", values: [5, 10] },
      down: { name: "slow", values: [50, 100] },
      fixed: { third: 1 },
      chosen: [0, 1],
      cells: [
        [0, 1],
        [null, 2],
      ],
    };
    expect(rowsOf(heat)).toEqual([
      { index: 1, value: 100 },
      { index: 0, value: 50 },
    ]);
    expect([0, 1, 2, null].map(levels(heat))).toEqual([0, 2, 4, undefined]);
    expect(isSetAt(heat, { fast: 10, slow: 100, third: 1 }, 1, 1)).toBe(true);
    expect(isSetAt(heat, { fast: 10, slow: 100, third: 2 }, 1, 1)).toBe(false);
    expect([isOnPlateau(heat, 1, 0, 1), isOnPlateau(heat, 1, 0, 0), isOnPlateau(heat, 3, 1, 1)]).toEqual([true, false, false]);
  });
});
