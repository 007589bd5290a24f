// Completion of names in a condition: columns, fields, functions.
import { COLUMNS, FIELDS, FUNCTIONS } from "../data/vocabulary";

export interface Suggestion {
  insert: string;
  en: string;
  ko: string;
}

const MOST = 8;
const ALL: readonly Suggestion[] = [
  ...FIELDS.map(({ name, en, ko }) => ({ insert: name, en, ko })),
  ...COLUMNS.map(({ name, en, ko }) => ({ insert: name, en, ko })),
  ...FUNCTIONS.map(({ example }) => ({ insert: example, en: "", ko: "" })),
];

// The letters, digits and underscores before the caret.
export function wordBefore(text: string, caret: number): string {
  let from = caret;
  while (from > 0 && /[\p{L}\p{N}_]/u.test(text[from - 1] ?? "")) from -= 1;
  const word = text.slice(from, caret);
  return /^\p{N}/u.test(word) ? "" : word;
}

// Names that start with the word come first, then those that have it in their name or their words.
export function completions(word: string): Suggestion[] {
  const sought = word.toLowerCase();
  const starts = ALL.filter((each) => each.insert.startsWith(sought));
  const holds = ALL.filter(
    (each) => !starts.includes(each) && [each.insert, each.en.toLowerCase(), each.ko].some((text) => text.includes(sought)),
  );
  return [...starts, ...holds].filter((each) => each.insert !== sought).slice(0, MOST);
}
