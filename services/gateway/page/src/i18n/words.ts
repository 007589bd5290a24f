// The words of the page, from the catalogue shared/words: Fluent messages in English and Korean.
import { FluentBundle, type FluentFunction, FluentResource, type FluentVariable } from "@fluent/bundle";
import enConditions from "../../../../../shared/words/en/conditions.ftl?raw";
import en from "../../../../../shared/words/en/page.ftl?raw";
import enPatterns from "../../../../../shared/words/en/patterns.ftl?raw";
import enProblems from "../../../../../shared/words/en/problems.ftl?raw";
import enRecords from "../../../../../shared/words/en/records.ftl?raw";
import enRules from "../../../../../shared/words/en/rules.ftl?raw";
import koConditions from "../../../../../shared/words/ko/conditions.ftl?raw";
import ko from "../../../../../shared/words/ko/page.ftl?raw";
import koPatterns from "../../../../../shared/words/ko/patterns.ftl?raw";
import koProblems from "../../../../../shared/words/ko/problems.ftl?raw";
import koRecords from "../../../../../shared/words/ko/records.ftl?raw";
import koRules from "../../../../../shared/words/ko/rules.ftl?raw";
import { type Language, preferences } from "../data/preferences";
import { withParticle } from "./particles";

// { JOSA($word, "은/는") }: the word with its particle.
const JOSA: FluentFunction = ([word, pair]) => withParticle(String(word), String(pair));

const SOURCES: Record<Language, readonly string[]> = {
  en: [en, enRules, enPatterns, enRecords, enProblems, enConditions],
  ko: [ko, koRules, koPatterns, koRecords, koProblems, koConditions],
};
const bundles = new Map<Language, FluentBundle>(); // a language is parsed when its first word is shown

function words(): FluentBundle {
  const chosen = language();
  const found = bundles.get(chosen) ?? bundle(chosen, SOURCES[chosen]);
  bundles.set(chosen, found);
  return found;
}

function bundle(language: Language, sources: readonly string[]): FluentBundle {
  const made = new FluentBundle(language, { useIsolating: false, functions: { JOSA } });
  for (const source of sources) {
    const [error] = made.addResource(new FluentResource(source));
    if (error) throw error;
  }
  return made;
}

export function language(): Language {
  return preferences.language.value;
}

// The words of a message. An unknown message is shown by its name, so that it is seen.
export function t(id: string, values: Record<string, FluentVariable> = {}): string {
  return maybe(id, values) ?? id;
}

// The same; null where the catalogue has no such message.
export function maybe(id: string, values: Record<string, FluentVariable> = {}): string | null {
  const found = words().getMessage(id);
  return found?.value ? words().formatPattern(found.value, values) : null;
}

// The same for values from outside: null too where one is missing.
export function filled(id: string, values: Record<string, FluentVariable>): string | null {
  const found = words().getMessage(id);
  const errors: Error[] = [];
  const text = found?.value ? words().formatPattern(found.value, values, errors) : null;
  return errors.length ? null : text;
}

// What a message says beside its words, in smaller type; empty where it has no such text.
export function hint(id: string): string {
  const found = words().getMessage(id)?.attributes["hint"];
  return found ? words().formatPattern(found) : "";
}
