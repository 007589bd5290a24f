// Decimals of prices, percentages and volumes. The bot has the same rules (services/notifier/domain/decimals.py);
// tests/decimals.json has the test cases of both.
export type Places = { least: number; most: number };
type Priced = { kind: string; currency: string };

const SMALLEST = 1e-10;
const LARGEST = 1e15; // values outside this range are shown with an exponent
const UNITS: Record<string, readonly (readonly [number, string])[]> = {
  ko: [
    [1e4, "만"],
    [1e8, "억"],
    [1e12, "조"],
  ],
  en: [
    [1e3, "K"],
    [1e6, "M"],
    [1e9, "B"],
    [1e12, "T"],
  ],
};
const WHOLE: Record<string, number> = { KRW: 0, JPY: 1 }; // decimals of a share price where they are not two
const formats = new Map<string, Intl.NumberFormat>();

// The decimals of a price of this magnitude. The kind may be unknown.
export function places(value: number, instrument?: Priced): Places {
  const size = magnitude(value);
  const whole = WHOLE[instrument?.currency ?? ""] ?? 2;
  switch (instrument?.kind) {
    case "index":
      return same(size >= 0 ? 2 : 2 - size);
    case "fx":
      return same(size >= 3 ? 2 : size >= 1 ? 3 : Math.max(5, 4 - size));
    case "crypto":
      return same(Math.max(whole, 4 - size));
    case "stock":
    case "etf":
      return same(size >= 0 ? whole : Math.max(4, 1 - size));
    default: // the ticks of futures differ: silver has three decimals, oil two, an exchange rate five
      return { least: 2, most: size >= 2 ? 2 : size >= 1 ? 3 : Math.max(5, 4 - size) };
  }
}

// A finite value with these decimals and thousands separators, rounded half away from zero.
export function fixed(value: number, { least, most }: Places): string {
  if (value && !(Math.abs(value) >= SMALLEST && Math.abs(value) < LARGEST)) return value.toExponential(4);
  const key = `${least} ${most}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat("en", { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  const text = format.format(value);
  return /[1-9]/.test(text) ? text : text.replace("-", "");
}

// A finite fraction as a percentage with its sign; without a sign where it rounds to zero.
export function percentage(fraction: number, digits = 2): string {
  const text = fixed(fraction * 100, same(digits));
  return `${text.startsWith("-") || !/[1-9]/.test(text) ? "" : "+"}${text}%`;
}

// A finite volume in the units of the language, with at most one decimal.
export function volumes(value: number, language: string): string {
  const units = [[1, ""] as const, ...(UNITS[language] ?? [])];
  let shown = "";
  for (const [i, [unit, word]] of units.entries()) {
    const text = fixed(value / unit, { least: 0, most: Math.abs(value) < 1 ? 4 : 1 });
    shown = text + word;
    if (Math.abs(Number(text.replaceAll(",", ""))) < (units[i + 1]?.[0] ?? Infinity) / unit) break;
  }
  return shown;
}

// The decimal exponent of the first digit; 0 for zero.
function magnitude(value: number): number {
  return value ? Number(value.toExponential().split("e")[1]) : 0;
}

function same(count: number): Places {
  return { least: count, most: count };
}
