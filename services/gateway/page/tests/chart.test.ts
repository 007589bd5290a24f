import { describe, expect, test } from "vitest";
import type { Pattern } from "../src/data/types";
import { candles, continues, heikinAshi, withNewest } from "../src/views/instrument/candles";
import { patternLines } from "../src/views/instrument/chart/pattern_lines";
import { columnWords, isOverPrice, paneOf } from "../src/views/instrument/columns";
import { corporateActions } from "../src/views/instrument/corporate_actions";
import { bar } from "./samples";

describe("corporate actions", () => {
  // Raw closes 400, 404, 101, 100: a split of 4 for 1 before the third bar, a dividend of 1 before the fourth.
  const raw = [bar(2, 400, { volume: 10 }), bar(3, 404, { volume: 10 }), bar(4, 101, { volume: 40 }), bar(5, 100, { volume: 40 })];
  const dividend = 1 - 1 / 101;
  const adjusted = [
    bar(2, (400 / 4) * dividend, { volume: 40 }),
    bar(3, (404 / 4) * dividend, { volume: 40 }),
    bar(4, 101 * dividend, { volume: 40 }),
    bar(5, 100, { volume: 40 }),
  ];

  test("a split and a dividend are read off the steps of the factors", () => {
    const [split, paid, ...others] = corporateActions(raw, adjusted);
    expect(split).toEqual({ date: raw[2]?.date, kind: "split", amount: 4 });
    expect([paid?.kind, paid?.date]).toEqual(["dividend", raw[3]?.date]);
    expect(paid?.amount).toBeCloseTo(1, 9);
    expect(others).toEqual([]);
  });

  test("bars without an adjustment, without a price or without volume have none", () => {
    expect(corporateActions(raw, raw)).toEqual([]);
    expect(corporateActions([bar(2, 0), bar(3, 5, { volume: 0 })], [bar(2, 0), bar(3, 5, { volume: 0 })])).toEqual([]);
  });
});

describe("candles", () => {
  test("Heikin-Ashi as Valcu defines it", () => {
    const [first, second] = heikinAshi(
      candles([bar(2, 10, { open: 8, high: 12, low: 6 }), bar(3, 14, { open: 10, high: 15, low: 9 })], "1Day"),
    );
    expect([first?.open, first?.close, first?.high, first?.low]).toEqual([9, 9, 12, 6]);
    expect([second?.open, second?.close, second?.high, second?.low]).toEqual([9, 12, 15, 9]);
  });

  test("the newest bars replace those from the first of them on", () => {
    const known = [bar(2, 1), bar(3, 2), bar(4, 3)];
    expect(withNewest(known, [bar(3, 5), bar(4, 6)]).map((each) => each.close)).toEqual([1, 5, 6]);
    expect(continues(known, [bar(3, 2)])).toBe(true);
    expect(continues(known, [bar(3, 9)])).toBe(false); // another adjustment
    expect(continues([], [])).toBe(true);
  });
});

describe("patterns", () => {
  const bars = Array.from({ length: 30 }, (_, i) => bar(i + 1, 100 + i));
  const pattern = {
    date: bars[25]?.date,
    pivots: [0, 10, 20].map((place, i) => ({ kind: i === 1 ? "low" : "high", date: bars[place]?.date, bars: place, price: 100 + place })),
    upper: null,
    lower: { price: 100, slope: 0.5 },
  } as unknown as Pattern;

  test("its shape goes through the pivots, its neckline to the bar of its status", () => {
    const [shape, neckline, ...others] = patternLines(pattern, bars, "1Day");
    expect(shape?.points.map((point) => point.value)).toEqual([100, 110, 120]);
    expect(neckline?.points).toEqual([
      { time: bars[0]?.session, value: 100 },
      { time: bars[25]?.session, value: 112.5 },
    ]);
    expect(others).toEqual([]);
  });

  test("one that began before the bars is not drawn", () => {
    expect(patternLines(pattern, bars.slice(1), "1Day")).toEqual([]);
  });
});

test("a column with another parameter has the words of its kind", () => {
  expect([columnWords("sma_50", "en"), columnWords("sma_20", "ko"), columnWords("rsi_21", "en")]).toEqual([
    "50-bar average",
    "20봉 이동평균",
    "RSI(21)",
  ]);
  expect([columnWords("supertrend_7_2", "en"), columnWords("nothing_5", "en")]).toEqual([null, null]);
});

test("columns are drawn over the price or share a pane with their kind", () => {
  expect(["sma_20", "bb_upper_20", "vwap", "supertrend_10_3"].map(isOverPrice)).toEqual([true, true, true, true]);
  expect(["rsi_14", "macd", "bb_width_20", "adx_14", "volume_sma_20"].map(isOverPrice)).toEqual([false, false, false, false, false]);
  expect([paneOf("macd"), paneOf("macd_signal"), paneOf("plus_di_14"), paneOf("adx_14")]).toEqual(["macd", "macd", "adx", "adx"]);
});
