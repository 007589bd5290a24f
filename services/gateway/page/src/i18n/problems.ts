// What an error says, in the language of the page. The API's own words are English: of a problem the page says the code and its values.
import { ApiError } from "../data/api";
import { filled, language, maybe, t } from "./words";

export function errorText(error: Error): string {
  if (!(error instanceof ApiError)) return maybe(error.message) ?? error.message;
  const { type = "", code = "", detail, field = "", value = "", values = {} } = error.problem;
  const parts = { ...values, field: fieldName(field), value };
  const known = code && codeText(code, parts);
  if (known) return known;
  if (language() === "en" && detail) return detail;
  const name = type.slice(type.lastIndexOf(":") + 1);
  if (field && name === "invalid-parameter") return t("problem-field", parts);
  return maybe(`problem-of-${name}`) ?? t("problem-status", { status: error.status });
}

// The sentence of a code; null where there is none. The codes of conditions are those of docs/conditions.md.
export function codeText(code: string, values: Record<string, string> = {}): string | null {
  const id = code.replaceAll("_", "-");
  return filled(`problem-${id}`, values) ?? filled(`condition-${id}`, values);
}

// Why it is not known where a condition held.
export const noHistory = (code: string | null): string => t("no-history", { why: (code && codeText(code)) || t("problem-of-unavailable") });

// Why a run has no result. Analysis says it in English, and `message` begins with the field at fault.
export function runReason({ code, message }: { code: string; message: string }): string {
  if (language() === "en") return message;
  return maybe(`job-error-${code}`, { field: fieldName(message.slice(0, message.indexOf(":"))) }) ?? t("job-error-error");
}

function fieldName(field: string): string {
  const id = field.replaceAll("_", "-");
  return filled(`field-${id}`, {}) ?? filled(`run-${id}`, {}) ?? field;
}
