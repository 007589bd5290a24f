// Completion of names in a condition: columns, fields, functions.
import { COLUMNS, FIELDS, FUNCTIONS } from "../data/vocabulary";

export interface Suggestion {
  insert: string;
  en: string;
  ko: string;
}

const MOST = 8;
const ALIKE = 0.4; // two letters that change places in a name of six
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
  const found = starts.length || holds.length ? [...starts, ...holds] : nearest(sought);
  return found.filter((each) => each.insert !== sought).slice(0, MOST);
}

// Names that share most pairs of letters with a misspelt word, themselves or a word of theirs; the most alike first.
function nearest(word: string): Suggestion[] {
  const closeness = ({ insert, en, ko }: Suggestion) =>
    Math.max(...[insert, ...`${en.toLowerCase()} ${ko}`.split(/[ ,()]+/)].map((each) => likeness(word, each)));
  const alike = ALL.map((each) => ({ each, likeness: closeness(each) })).filter((one) => one.likeness >= ALIKE);
  return alike.sort((a, b) => b.likeness - a.likeness).map((one) => one.each);
}

// Dice's coefficient of the pairs of neighbouring letters: 1 for equal words, 0 for words without a common pair.
export function likeness(one: string, other: string): number {
  const [a, b] = [pairs(one), pairs(other)];
  const common = a.filter((pair) => b.includes(pair)).length;
  return a.length && b.length ? (2 * common) / (a.length + b.length) : 0;
}

const pairs = (word: string): string[] => [...new Set(Array.from(word.slice(1), (_, i) => word.slice(i, i + 2)))];
