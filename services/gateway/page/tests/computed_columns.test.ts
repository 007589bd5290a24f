import { expect, test, vi } from "vitest";
import { ApiError, api } from "../src/data/api";
import { preferences } from "../src/data/preferences";
import { ComputedColumns } from "../src/views/instrument/computed_columns";

test("a column that does not exist is left out and named, and the others are read", async () => {
  const rows = [{ date: "2020-01-02", values: { rsi_21: 40 } }];
  const read = vi.spyOn(api, "indicators").mockImplementation(async (_symbol, _timeframe, _limit, _cancelled, columns) => {
    if (columns?.includes("foo_9")) throw new ApiError("no column foo_9", { value: "foo_9" }, 422);
    return { results: rows } as unknown as Awaited<ReturnType<typeof api.indicators>>;
  });
  vi.stubGlobal("window", { setTimeout });
  preferences.indicators.value = ["rsi_21", "foo_9"];
  const computed = new ComputedColumns("AAPL", "1Day", 10, () => undefined);
  const stop = preferences.indicators.subscribe((chosen) => computed.want(chosen));
  await vi.waitFor(() => expect(computed.addTo([{ ...rows[0], values: {} } as never])[0]?.values).toEqual({ rsi_21: 40 }));
  expect(preferences.indicators.value).toEqual(["rsi_21"]);
  expect(computed.error.value?.message).toBe("no column foo_9");
  expect(read).toHaveBeenCalledTimes(2);
  preferences.indicators.value = ["rsi_21", "sma_9"];
  expect(computed.error.value, "another one was chosen").toBe(null);
  stop();
  computed.stop();
});
