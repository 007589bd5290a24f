// The body of a request of a run, from what was typed, and what was typed from a request.
import type { BodyField } from "../../data/capabilities";
import { isPercent, typedText } from "./run_fields";

type Typed = Readonly<Record<string, string>>;
type Field = Pick<BodyField, "name" | "type" | "otherwise">;

// What is empty or at its default is left out.
export function bodyOf(fields: readonly Field[], typed: Typed): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, type, otherwise } of fields) {
    const text = (typed[name] ?? "").trim();
    const percent = isPercent(name, typed["size"] ?? "");
    if (!text || text === typedText(otherwise, percent)) continue;
    body[name] = value(type, text, percent);
  }
  return body;
}

function value(type: Field["type"], text: string, percent: boolean): unknown {
  if (type === "number") return number(text, percent);
  if (type === "boolean") return text === "true";
  if (type === "list")
    return text
      .split(/[,\n]/)
      .map((each) => each.trim())
      .filter(Boolean);
  if (type === "ranges")
    return Object.fromEntries(
      text
        .split("\n")
        .filter((line) => line.includes("="))
        .map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]),
    );
  return text;
}

// The gateway says what is wrong with a text.
function number(text: string, percent: boolean): number | string {
  const found = Number(text);
  if (!Number.isFinite(found)) return text;
  return percent ? Number((found / 100).toPrecision(12)) : found;
}

// The form of a run that was made before, to change it.
export function typedOf(request: Readonly<Record<string, unknown>>): Record<string, string> {
  const size = typeof request["size"] === "string" ? request["size"] : "";
  return Object.fromEntries(
    Object.entries(request).flatMap(([name, held]) => {
      const text = formText(held, isPercent(name, size));
      return text ? [[name, text] as const] : [];
    }),
  );
}

function formText(held: unknown, percent: boolean): string {
  if (Array.isArray(held)) return held.join(", ");
  if (typeof held !== "object" || held === null) return typedText(held, percent);
  return Object.entries(held)
    .map(([name, range]) => `${name} = ${Array.isArray(range) ? range.join(",") : String(range)}`)
    .join("\n");
}
