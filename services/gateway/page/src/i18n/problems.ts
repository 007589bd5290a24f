// What an error says, in the language of the page. The API's own words are English: of a problem the page says the code and its values.
import { ApiError } from "../data/api";
import { inPercent } from "./percents";
import { filled, language, maybe, t } from "./words";

export function errorText(error: Error): string {
  if (!(error instanceof ApiError)) return maybe(error.message) ?? error.message;
  const { type = "", code = "", detail, field = "", value = "", values = {} } = error.problem;
  const known = code && reasonText(code, field, { value, ...values });
  if (known) return known;
  if (language() === "en" && detail) return detail;
  const name = type.slice(type.lastIndexOf(":") + 1);
  if (field && name === "invalid-parameter") return t("problem-field", { field: fieldName(field), ...inPercent(field, { value }) });
  return maybe(`problem-of-${name}`) ?? t("problem-status", { status: error.status });
}

// The API's own words, where the page has no sentence for what they say.
export function original(error: Error | null): string | null {
  if (!(error instanceof ApiError) || language() === "en") return null;
  const { code = "", detail = null, field = "", value = "", values } = error.problem;
  return reasonText(code, field, { value, ...values }) ? null : detail;
}

// The sentence of a code; null where there is none. The codes of conditions are those of docs/conditions.md.
export function codeText(code: string, values: Record<string, string> = {}): string | null {
  const id = code.replaceAll("_", "-");
  return filled(`problem-${id}`, values) ?? filled(`condition-${id}`, values);
}

// Why it is not known where a condition held.
export const noHistory = (code: string | null): string => t("no-history", { why: (code && codeText(code)) || t("problem-of-unavailable") });

export interface RunError {
  code: string;
  message: string;
  reason?: string;
  field?: string;
  values?: Record<string, string>;
}

// Why a run has no result. Those that were stored before have no reason: the English message begins with the field at fault.
export function runReason(error: RunError): string {
  const { code, message } = error;
  const known = knownReason(error);
  if (known || language() === "en") return known ?? message;
  return maybe(`job-error-${code}`, { field: fieldName(message.slice(0, message.indexOf(":"))) }) ?? t("job-error-error");
}

// The English message, where the page has no sentence for what it says.
export function runOriginal(error: RunError): string | null {
  return language() === "en" || knownReason(error) || WHOLE.has(error.code) ? null : error.message;
}

// The ends of a run that leave nothing to say beside them.
const WHOLE = new Set(["limit", "expired", "cancelled", "timeout", "killed"]);

function knownReason({ reason = "", field = "", values = {} }: RunError): string | null {
  return reason ? reasonText(reason, field, values) : null;
}

// The sentence of a code about a field. `other` names further fields. A sentence of conditions names no field: it stands before it, where a run has several.
function reasonText(code: string, field: string, values: Record<string, string>): string | null {
  const other = (values["other"] ?? "").split(", ").map(fieldName).join(", ");
  const parts = { ...inPercent(field, values), other, field: fieldName(field) };
  const id = code.replaceAll("_", "-");
  const said = filled(`problem-${id}`, parts);
  if (said) return said;
  const ofCondition = filled(`condition-${id}`, parts);
  return ofCondition && filled(`run-${field}`, {}) ? `${fieldName(field)}: ${ofCondition}` : ofCondition;
}

function fieldName(field: string): string {
  const id = field.replaceAll("_", "-");
  return filled(`field-${id}`, {}) ?? filled(`run-${id}`, {}) ?? field;
}
