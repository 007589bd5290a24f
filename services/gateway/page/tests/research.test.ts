import { readFileSync } from "node:fs";
import type { IChartApi } from "lightweight-charts";
import { describe, expect, test, vi } from "vitest";
import { capabilitiesOf } from "../src/data/capabilities";
import { preferences } from "../src/data/preferences";
import { type QualityRecord, TIMEFRAMES } from "../src/data/types";
import { showAll } from "../src/views/research/equity_chart";
import { inOrder as figuresInOrder } from "../src/views/research/figures";
import { type HeatMap, isOnPlateau, isSetAt, levels, rowsOf } from "../src/views/research/heat";
import { type Job, KINDS, reasonOf } from "../src/views/research/jobs";
import { listedRecords } from "../src/views/research/quality_result";
import { inOrder as recordsInOrder } from "../src/views/research/record_columns";
import { requestOf } from "../src/views/research/request";
import { bodyOf, typedOf } from "../src/views/research/run_body";
import { fieldLabel, formParts, optionsOf, optionText } from "../src/views/research/run_fields";
import { runData, runTitle } from "../src/views/research/run_title";

describe("research", () => {
  const properties = {
    entry: { type: "string" },
    direction: { enum: ["both", "long"], default: "long" },
    level: { anyOf: [{ type: "null" }, { enum: ["all", "industry"] }], default: null },
    horizon: { enum: [0, 1, 5], default: 0 },
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
      ["level", "choice", false],
      ["horizon", "number", false],
      ["stop_loss", "number", false],
      ["symbols", "list", false],
      ["ranges", "ranges", false],
      ["start", "date", false],
      ["page", "boolean", false],
    ]);
    expect(found.body("/none")).toEqual([]);
    const options = found.body("/runs").filter((each) => each.type === "choice" || each.name === "horizon");
    expect(options.map((each) => optionsOf(each))).toEqual([
      ["both", "long"],
      ["", "all", "industry"],
      ["0", "1", "5"],
    ]);
  });

  test("what is empty or at its default is not sent", () => {
    const typed = {
      entry: "golden_cross",
      direction: "long",
      stop_loss: "5",
      symbols: "AAPL, SPY",
      ranges: "fast = 5:50:5\nslow=50,100",
      page: "false",
      start: "",
      level: "",
      horizon: "5",
    };
    expect(bodyOf(capabilitiesOf(document).body("/runs"), typed)).toEqual({
      entry: "golden_cross",
      horizon: 5,
      stop_loss: 0.05,
      symbols: ["AAPL", "SPY"],
      ranges: { fast: "5:50:5", slow: "50,100" },
      page: false,
    });
    expect(bodyOf([{ name: "stop_loss", type: "number", otherwise: null }], { stop_loss: "much" })).toEqual({ stop_loss: "much" });
  });

  test("percent is sent as a fraction, and a request is typed again as it was", () => {
    const fields = [
      { name: "stop_loss", type: "number", otherwise: null },
      { name: "borrow", type: "number", otherwise: 0.01 },
      { name: "size_value", type: "number", otherwise: null },
      { name: "constraints", type: "list", otherwise: [] },
    ] as const;
    expect(bodyOf(fields, { stop_loss: "1.1", borrow: "1", size_value: "25" })).toEqual({ stop_loss: 0.011, size_value: 0.25 });
    expect(bodyOf(fields, { size: "amount", size_value: "25" })).toEqual({ size_value: 25 });
    const typed = { stop_loss: "0.7", size: "amount", size_value: "25", constraints: "fast < slow, fast > 2" };
    expect(typedOf(bodyOf(fields, typed))).toEqual({ stop_loss: "0.7", size_value: "2500", constraints: typed.constraints });
    expect(typedOf({ ...bodyOf(fields, typed), size: "amount", ranges: { fast: "5:50:5" }, end: null })).toEqual({
      ...typed,
      ranges: "fast = 5:50:5",
    });
  });

  test.each(["en", "ko"] as const)("every option that the gateway takes has a label and its choices have words (%s)", (language) => {
    preferences.language.value = language;
    const openapi = JSON.parse(readFileSync(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"));
    const unnamed = KINDS.flatMap((kind) => {
      const fields = capabilitiesOf(openapi).body(`/v1/research/${kind}`);
      expect(
        formParts(kind, fields)
          .flatMap((part) => part.fields)
          .map((each) => each.name)
          .sort(),
      ).toEqual(fields.map((each) => each.name).sort());
      expect(fields.filter((each) => each.name === "timeframe").map(optionsOf)).toEqual([TIMEFRAMES]);
      return fields.flatMap((field) => {
        const sizes = field.name === "size_value" ? ["fraction", "amount", "volatility", "risk", "inverse_volatility"] : [""];
        const labels = sizes.filter((size) => fieldLabel(kind, field.name, size) === field.name);
        const choices = optionsOf(field).filter((option) => optionText(field.name, option) === option);
        return [...labels, ...choices].map((each) => `${kind} ${field.name} ${each}`);
      });
    });
    preferences.language.value = "en";
    expect(unnamed).toEqual([]);
  });

  test("a run is named by its signals and its bars", () => {
    const job = { id: "f0", kind: "grid", symbols: ["A", "B", "C", "D"], timeframe: "1Day", tape: "daily" } as Job;
    expect(runTitle({ ...job, parameters: { entry: "golden_cross", exit: "rsi_14 > 70" } })).toBe("Golden cross → rsi_14 > 70");
    expect(runTitle({ ...job, parameters: { entry: "golden_cross({fast}, 50)", exit: "" } })).toBe("golden_cross({fast}, 50)");
    expect(runTitle(job)).toBe("Grid search");
    expect(runTitle({ ...job, kind: "quality", parameters: { rule: "gap" } })).toBe("Gap");
    expect(runTitle({ ...job, kind: "quality", parameters: {} })).toBe("Signal quality");
    expect(runData(job)).toBe("A, B, C and 1 more · 1D · tape daily");
    expect(runData({ ...job, symbols: [], tape: "" })).toBe("All instruments · 1D");
  });

  test("a job that failed has its reason, one that was cancelled needs none", () => {
    const error = { code: "error", message: "the disk is full" };
    const reasons = (["failed", "refused", "cancelled"] as const).map((state) => reasonOf({ state, error } as Job));
    expect([...reasons, reasonOf({ state: "done", error: null } as Job)]).toEqual([error.message, error.message, "", ""]);
  });

  test("figures stand in the order in which they are read, unknown ones last", () => {
    expect(figuresInOrder(["win_rate", "cagr", "new", "trades", "sharpe", "max_drawdown", "total_return"])).toEqual([
      ...["total_return", "cagr", "sharpe", "max_drawdown", "trades", "win_rate", "new"],
    ]);
  });

  test("ten years of daily equity fit the chart", () => {
    const set = vi.fn();
    const scale = { applyOptions: set, fitContent: vi.fn() };
    showAll({ timeScale: () => scale, priceScale: () => ({ applyOptions: vi.fn() }) } as unknown as IChartApi);
    const minBarSpacing = Number(set.mock.calls[0]?.[0].minBarSpacing);
    expect(2520 * minBarSpacing).toBeLessThan(300); // pixels of a phone
    expect(scale.fitContent).toHaveBeenCalledOnce();
  });

  test("what a run was asked for leaves out what was not set", () => {
    const job = {
      symbols: [],
      timeframe: "1Day",
      start: null,
      end: "2020-01-31",
      tape: "",
      parameters: { entry: "golden_cross", exit: "" },
    };
    expect(requestOf(job as unknown as Job)).toEqual({ entry: "golden_cross", timeframe: "1Day", end: "2020-01-31" });
  });

  test("records stand by rule, and from the shortest horizon to the longest", () => {
    const record = (rule: string, horizon_bars: number) =>
      ({ rule, params: {}, direction: "up", timeframe: "1Day", quality: { group: "*", horizon_bars } }) as unknown as QualityRecord;
    const rows = [record("b", 1), record("a", 20), record("a", 5), record("a", 1)];
    expect(recordsInOrder(rows).map((each) => [each.rule, each.quality.horizon_bars])).toEqual([
      ["a", 1],
      ["a", 5],
      ["a", 20],
      ["b", 1],
    ]);
  });

  test("the records of a run have its timeframe and the newest bar that it read", () => {
    const row = { rule: "gap", params: {}, direction: "up", group: "*", quality: { horizon_bars: 5 } };
    const job = { timeframe: "1Hour", result: { listed: [row, row], as_of: 1_617_220_800_000 } } as unknown as Job;
    expect(listedRecords(job).map((each) => [each.id, each.rule, each.timeframe, each.as_of])).toEqual([
      ["0", "gap", "1Hour", "2021-03-31T20:00:00.000Z"],
      ["1", "gap", "1Hour", "2021-03-31T20:00:00.000Z"],
    ]);
    expect(listedRecords({ ...job, result: null })).toEqual([]);
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
