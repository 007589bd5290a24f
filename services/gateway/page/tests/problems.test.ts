// What the page says of an error: in both languages, by its code, else by its type, and never less than that.
import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "../src/data/api";
import { preferences } from "../src/data/preferences";
import type { Problem } from "../src/data/types";
import { errorText, noHistory, runOriginal, runReason } from "../src/i18n/problems";

const problem = (name: string, more: Partial<Problem> = {}, status = 400) =>
  errorText(new ApiError("English", { type: `urn:finstage:problem:${name}`, detail: "in English", ...more }, status));

describe("in Korean", () => {
  beforeEach(() => {
    preferences.language.value = "ko";
  });

  test("a code is said with its values, and the field by its name in the form", () => {
    const more = { code: "value-most", field: "max_positions", value: "5000", values: { bound: "1000" } };
    expect(problem("invalid-parameter", more)).toBe("최대 포지션 수: 1000 이하여야 합니다");
    expect(problem("invalid-parameter", { code: "value-kind", field: "cash", values: { kind: "float" } })).toMatch(/: 수 형식이어야/);
    expect(problem("rate-limited", { code: "too-often", values: { seconds: "3" } }, 429)).toBe(
      "요청이 너무 많습니다. 3초 뒤에 다시 시도하세요",
    );
  });

  test("a condition is said in the words of the bot, with its particles", () => {
    const more = { code: "no_data", field: "condition", values: { found: "analysts" } };
    expect(problem("invalid-condition", more)).toBe("analysts: 알 수 없는 자료입니다. 가격과 거래량, 그것으로 계산한 값만 쓸 수 있습니다");
    expect(problem("invalid-condition", { code: "unexpected", values: { found: "sma_fast" } })).toBe("여기에는 sma_fast를 쓸 수 없습니다");
  });

  test("without a code, or with one that lacks a value, the type is said", () => {
    expect(problem("unavailable", {}, 503)).toBe("필요한 부분이 지금 답하지 않습니다. 나중에 다시 시도하세요");
    expect(problem("rate-limited", { code: "too-often" }, 429)).toBe("요청이 너무 많습니다. 나중에 다시 시도하세요");
    expect(problem("invalid-parameter", { field: "entry", value: "golden" })).toBe("진입: ‘golden’ 값은 쓸 수 없습니다");
    expect(errorText(new ApiError("502 Bad Gateway", {}, 502))).toBe("게이트웨이가 상태 502 로 답했습니다");
    expect(errorText(new Error("not-reachable"))).toBe("게이트웨이에 연결할 수 없습니다");
  });

  test("a run without a result has the reason of its code, and its field", () => {
    expect(runReason({ code: "invalid-job", message: "ranges: fast has no values" })).toBe("이 값으로는 실행할 수 없습니다: 파라미터 값");
    const stop = { reason: "value-between", field: "stop_loss", values: { value: "7.0", least: "0", most: "1" } };
    const said = runReason({ code: "invalid-job", message: "stop_loss: 7.0 is not above 0", ...stop });
    for (const part of ["손절", ": 700%", "0% 초과 100% 이하"]) expect(said).toContain(part);
    const none = { reason: "name", field: "exit", values: { found: "banana_3" } };
    expect(runReason({ code: "invalid-job", message: "exit: banana_3", ...none })).toBe("청산: banana_3: 없는 지표 또는 봉 값입니다");
    const stops = { reason: "needs-other", field: "size", values: { value: "risk", other: "stop_loss, trailing" } };
    expect(runReason({ code: "invalid-job", message: "size: risk", ...stops })).toMatch(/손절, 진입가 대비 %, 추적 손절/);
    expect(runReason({ code: "unheard", message: "x" })).toBe("분석이 실행 중에 실패했습니다");
    expect(runOriginal({ code: "invalid-job", message: "stop_loss: 7.0", ...stop })).toBeNull();
    expect(runOriginal({ code: "invalid-job", message: "stop_loss: 7.0", reason: "not-yet-known" })).toBe("stop_loss: 7.0");
    expect(runOriginal({ code: "timeout", message: "it was not done within 9 s" })).toBeNull();
    expect(runOriginal({ code: "error", message: "the disk is full" })).toBe("the disk is full");
    expect(noHistory("analysis-busy")).toBe("언제 성립했는지 모릅니다: 분석이 바쁩니다. 나중에 다시 시도하거나 범위를 줄이세요.");
  });
});

test("in English what has no code is what the gateway says", () => {
  preferences.language.value = "en";
  expect(problem("invalid-parameter", { field: "entry", value: "golden" })).toBe("in English");
  expect(problem("not-found", { code: "job-unknown", value: "abc" }, 404)).toBe("There is no run abc");
  expect(runReason({ code: "error", message: "the disk is full" })).toBe("the disk is full");
  const none = { code: "invalid-job", message: "exit: nothing ends a position", reason: "no-exit", field: "exit" };
  expect(runReason(none)).toMatch(/^Exit.*: nothing ends a position. Name a signal/);
});
