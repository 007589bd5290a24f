// Enter in the search opens what matches the text of that moment, or nothing.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { filterByIndustry, firstMatch, found, search, searchError } from "../src/views/instrument/search";

type Answer = (found: Response) => void;
let answers: Answer[];
const matching = (symbol: string) => Response.json({ results: [{ symbol }] });

beforeEach(async () => {
  answers = [];
  vi.stubGlobal("window", { setTimeout: () => 0 });
  vi.stubGlobal("fetch", (request: Request) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    request.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    answers.push(resolve);
    return promise;
  });
  search("apple");
  const opened = firstMatch();
  await answered(0, matching("AAPL"));
  expect(await opened).toBe("AAPL");
});

afterEach(() => {
  filterByIndustry("");
  vi.unstubAllGlobals();
});

async function answered(n: number, response: Response): Promise<void> {
  await vi.waitUntil(() => answers.length > n);
  answers[n]?.(response);
}

test("a search that fails opens nothing of the list before", async () => {
  search("nvidia");
  const opened = firstMatch();
  await answered(1, Response.json({ detail: "the database does not answer" }, { status: 503 }));
  expect(await opened).toBeNull();
  expect(searchError.value).not.toBeNull();
});

test("a search that another one replaces opens nothing", async () => {
  search("nvidia");
  const opened = firstMatch();
  search("bitcoin");
  const later = firstMatch();
  await answered(2, matching("BTC-USD"));
  expect([await opened, await later]).toEqual([null, "BTC-USD"]);
  expect(found.value?.map((each) => each.symbol)).toEqual(["BTC-USD"]);
});
