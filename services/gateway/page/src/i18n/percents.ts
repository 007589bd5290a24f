// Options of runs that are typed in percent and sent as a fraction.
export const PERCENT = ["stop_loss", "take_profit", "trailing", "borrow", "test", "share", "train", "validation"];
const NUMBERS = ["value", "least", "most", "bound", "train", "validation"];

// What an error says of such an option, as it was typed.
export function inPercent(field: string, values: Record<string, string>): Record<string, string> {
  if (!PERCENT.includes(field)) return values;
  const shown = (name: string, text: string) =>
    NUMBERS.includes(name) && text !== "" && Number.isFinite(Number(text)) ? `${Number((Number(text) * 100).toPrecision(12))}%` : text;
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, shown(name, text)]));
}
