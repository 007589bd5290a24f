// Which columns of the indicator rows are drawn over the price; all others get a pane of their own.
import { COLUMNS } from "../../data/vocabulary";

const OVER_PRICE = [
  ...["sma", "ema", "wma", "dema", "tema", "hma", "vwma", "rma", "kama", "alma", "t3", "mcginley", "linreg", "zlema"],
  ...["bb_upper", "bb_middle", "bb_lower", "kc_upper", "kc_middle", "kc_lower", "dc_upper", "dc_middle", "dc_lower", "keltner", "donchian"],
  ...[
    "vwap",
    "sar",
    "supertrend",
    "chandelier",
    "chande",
    "atr_stop",
    "tenkan",
    "kijun",
    "senkou",
    "ichimoku",
    "alligator",
    "jaws",
    "teeth",
    "lips",
  ],
  ...[
    "session_high",
    "session_low",
    "prev_session",
    "high",
    "low",
    "year_high",
    "year_low",
    "all_time",
    "pivot",
    "fractal",
    "zigzag",
    "poc",
    "val",
    "vah",
  ],
];

// The words of a column's name without its numbers.
export function stem(column: string): string {
  return column
    .split("_")
    .filter((piece) => !Number.isFinite(Number(piece)))
    .join("_");
}

export function isOverPrice(column: string): boolean {
  const words = stem(column);
  return (
    OVER_PRICE.some((each) => words === each || words.startsWith(`${each}_`)) && !words.endsWith("_width") && !words.endsWith("_direction")
  );
}

// Columns of one indicator share a pane: macd_12_26_9 and macd_signal_12_26_9.
export function paneOf(column: string): string {
  const words = stem(column).split("_");
  return words[0] === "plus" || words[0] === "minus" ? "adx" : (words[0] ?? column);
}

export function columnTitle(column: string): string {
  return column.replaceAll("_", " ").toUpperCase();
}

// The name of a column in words: those of the vocabulary, or, with another single parameter, with that number. Null for others.
export function columnWords(column: string, language: "en" | "ko"): string | null {
  const exact = COLUMNS.find((each) => each.name === column);
  if (exact) return exact[language];
  const [number, ...more] = numbers(column);
  if (number === undefined || more.length) return null;
  const alike = COLUMNS.find((each) => stem(each.name) === stem(column) && numbers(each.name).length === 1);
  return alike ? alike[language].replace(numbers(alike.name)[0] ?? "", number) : null;
}

const numbers = (column: string) => column.split("_").filter((piece) => piece && Number.isFinite(Number(piece)));
