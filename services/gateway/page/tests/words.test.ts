// Every message that the page names is in the catalogue, and every message of the catalogue is named.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = new URL("../src", import.meta.url).pathname;
const CATALOGUES = ["page", "records", "problems"].map(
  (name) => new URL(`../../../../shared/words/en/${name}.ftl`, import.meta.url).pathname,
);
const FAMILIES = [
  "source-",
  "service-",
  "reason-",
  "key-",
  "view-",
  "language-",
  "theme-",
  "colours-",
  "zone-",
  "link-",
  "style-",
  "show-",
  "status-",
  "action-",
  "feed-",
  "breadth-",
  "column-",
  "bot-command-",
  "stream-",
  "research-",
  "run-",
  "tape-",
  "exit-by-",
  "kind-",
  "new-",
  "job-",
  "figure-",
  "side-",
  "level-",
  "heat-",
  "bar-",
  "delivery-",
  "frequency-",
  "alert-",
  "problem-",
  "field-",
  "note-",
];
const LISTED = ["open", "high", "low", "close", "gainers", "losers"]; // named by variables that have these values

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((each) =>
    each.isDirectory() ? files(join(folder, each.name)) : [join(folder, each.name)],
  );
}

const text = files(SOURCES)
  .filter((path) => path.endsWith(".ts") || path.endsWith(".tsx"))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");
const words = CATALOGUES.map((path) => readFileSync(path, "utf8")).join("\n");
const messages = new Set([...words.matchAll(/^([a-z][\w-]*) =/gm)].map((found) => found[1] ?? ""));

test("every message that is named exists", () => {
  const named = [...text.matchAll(/\bt\(\s*"([^"]+)"/g)].map((found) => found[1] ?? "");
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((id) => !messages.has(id))).toEqual([]);
});

test("every message is named, by itself or as one of a family", () => {
  const isNamed = (id: string) => text.includes(`"${id}"`) || LISTED.includes(id) || FAMILIES.some((family) => id.startsWith(family));
  expect([...messages].filter((id) => !isNamed(id))).toEqual([]);
});
