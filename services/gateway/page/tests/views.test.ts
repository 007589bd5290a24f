import { describe, expect, test } from "vitest";
import { address, parseRoute } from "../src/app/router";
import { keyIn, masked } from "../src/data/key";
import { Market } from "../src/data/market";
import { preferences } from "../src/data/preferences";
import type { ServiceState } from "../src/data/types";
import { t } from "../src/i18n/words";
import { completions, wordBefore } from "../src/ui/completion";
import { commandOf } from "../src/ui/create_alert";
import { sortRows } from "../src/ui/table";
import { industryIndex, industryMembers } from "../src/views/instrument/industry_index";
import { movers } from "../src/views/market/movers";
import { strength, tiles } from "../src/views/market/tiles";
import { batches, matchOf } from "../src/views/screener/screening";
import { stateAbout, stateName, whyMissing } from "../src/views/system/service_words";
import { bar, industry, instrument, quote } from "./samples";

test("an address is read as it was written; an unknown view is the market", () => {
  expect(address("instrument", "^GSPC", { compare: "005930.KS", empty: "" })).toBe("#/instrument/%5EGSPC?compare=005930.KS");
  expect(parseRoute("#/instrument/%5EGSPC?compare=005930.KS")).toEqual({
    view: "instrument",
    part: "^GSPC",
    query: { compare: "005930.KS" },
  });
  expect(address("research", "runs/a b")).toBe("#/research/runs/a%20b");
  expect([address("research", "runs/a b"), "#/research/runs%2Fa%20b"].map((each) => parseRoute(each).part)).toEqual([
    "runs/a b",
    "runs/a b",
  ]);
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
    expect(completions("bolinger")[0]?.insert).toBe("bb_upper_20");
    expect(completions("sesion_high")[0]?.insert).toBe("session_high");
    expect(completions("volmue")[0]?.insert).toBe("volume");
    expect(completions("adx14").map((each) => each.insert)).toContain("adx_14");
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

describe("the services", () => {
  const states: ServiceState["state"][] = ["running", "silent", "stopped", "not_seen", "unknown"];
  const service = (name: ServiceState["name"], state: ServiceState["state"]): ServiceState => ({
    name,
    state,
    processes: null,
    waiting: null,
    checked: null,
  });

  test("every state has a word and an explanation in both languages", () => {
    for (const language of ["en", "ko"] as const) {
      preferences.language.value = language;
      const words = states.flatMap((state) => [t(`service-state-${state}`), t(`service-state-${state}-about`)]);
      expect(new Set(words).size).toBe(2 * states.length);
      expect(words.filter((word) => word.startsWith("service-"))).toEqual([]);
    }
    preferences.language.value = "en";
  });

  test("a missing number says why it is missing", () => {
    expect(whyMissing(service("analysis-news", "not_seen"))).toBe("It has read nothing here");
    expect(whyMissing({ ...service("analysis-news", "unknown"), checked: "2026-01-05T00:00:00Z" })).toBe(
      "The broker or the database does not answer",
    );
    expect(whyMissing(service("analysis-news", "unknown"))).toMatch(/^The gateway has just started/);
    expect(whyMissing(service("analysis-live", "running"))).toBe("The broker or the database does not answer");
    expect(whyMissing(service("ingest", "running"))).toBe("It is not counted for this service");
  });

  test("what a gateway that has just started does not know is not called unknown", () => {
    const checked = "2026-01-05T00:00:00Z";
    const ingest = { ...service("ingest", "unknown"), checked };
    expect(stateName(service("analysis-news", "unknown"), false)).toBe("Not read yet");
    expect([stateName(ingest, true), stateAbout(ingest, true)]).toEqual([
      "Not read yet",
      "The gateway has just started: whether the collector writes shows within 30 s",
    ]);
    expect(stateName(ingest, false)).toBe("unknown");
    expect(stateName({ ...ingest, state: "silent" }, true)).toBe("publishes nothing");
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
