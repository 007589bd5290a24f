// Korean particles by the last sound of a word, as shared/particles.py has them: tests/particles.json holds both to one table.
const RIEUL = 8; // the final consonant that 으로/로 treats as none
const OTHER_FINAL = 1;
const FINALS_OF_DIGITS: Record<string, number> = { 1: RIEUL, 7: RIEUL, 8: RIEUL, 0: OTHER_FINAL, 3: OTHER_FINAL, 6: OTHER_FINAL };
const FINALS_OF_LETTERS: Record<string, number> = { l: RIEUL, r: RIEUL, m: OTHER_FINAL, n: OTHER_FINAL };
const SYLLABLES = "가".charCodeAt(0);

// The word with the form of `pair` (after a consonant / after a vowel) that follows it.
export function withParticle(word: string, pair: string): string {
  const [afterConsonant = "", afterVowel = ""] = pair.split("/");
  const final = finalOf(spoken(word));
  return word + (final === 0 || (final === RIEUL && afterConsonant === "으로") ? afterVowel : afterConsonant);
}

// What is read last: without what stands in brackets at the end, and without signs.
function spoken(word: string): string {
  let text = word.trimEnd();
  const opened = text.endsWith(")") ? text.lastIndexOf("(") : -1;
  if (opened > 0) text = text.slice(0, opened);
  while (text && !/[\p{L}\p{N}]/u.test(text.at(-1) ?? "")) text = text.slice(0, -1);
  return text;
}

function finalOf(text: string): number {
  const last = text.at(-1) ?? "";
  if (last >= "가" && last <= "힣") return (last.charCodeAt(0) - SYLLABLES) % 28;
  if (/[0-9]/.test(last)) return FINALS_OF_DIGITS[last] ?? 0;
  let start = text.length;
  while (start && /[A-Za-z]/.test(text[start - 1] ?? "")) start -= 1;
  return finalOfLetters(text.slice(start));
}

// Of a Latin word: letter by letter where it is in capitals, else as English is written in Hangul.
function finalOfLetters(word: string): number {
  const low = word.toLowerCase();
  if (word && word === word.toUpperCase()) return FINALS_OF_LETTERS[low.at(-1) ?? ""] ?? 0;
  if (low.endsWith("l") || low.endsWith("le")) return RIEUL;
  if (["m", "n", "me", "ne", "ng"].some((end) => low.endsWith(end))) return OTHER_FINAL;
  const stopped = low.endsWith("ck") ? low.slice(0, -1) : low;
  return /[aeiouy][bcgkpt]$/.test(stopped) ? OTHER_FINAL : 0;
}
