// What the user has chosen, stored for the next visit.
import { computed, effect, signal } from "@preact/signals";
import { TIMEFRAMES, type Timeframe } from "./types";

const KEY = "finstage.v1";
export const MAX_WATCHED = 200;

export const LANGUAGES = ["en", "ko"] as const;
export const THEMES = ["system", "light", "dark"] as const;
export const COLOURS = ["language", "green-up", "red-up"] as const;
export const ZONES = ["own", "exchange", "korea"] as const;
export const STYLES = ["candles", "heikin-ashi", "line"] as const;
export type Language = (typeof LANGUAGES)[number];
export type ChartStyle = (typeof STYLES)[number];

export interface Screen {
  name: string;
  condition: string;
  columns: string[];
  industry: string;
  sort: string; // a column of values; empty: by symbol
  down: boolean;
}

type Stored = Record<string, unknown>;

const stored = readStored();
const choice = <T extends string>(name: string, allowed: readonly T[], otherwise: T) =>
  signal<T>(allowed.find((each) => each === stored[name]) ?? otherwise);
const switched = (name: string, otherwise: boolean) => signal(typeof stored[name] === "boolean" ? (stored[name] as boolean) : otherwise);
const texts = (name: string): string[] | null =>
  Array.isArray(stored[name])
    ? (stored[name] as unknown[]).filter((each): each is string => typeof each === "string").slice(0, MAX_WATCHED)
    : null;

export const preferences = {
  language: choice<Language>("language", LANGUAGES, navigator.language.startsWith("ko") ? "ko" : "en"),
  theme: choice("theme", THEMES, "system"),
  colours: choice("colours", COLOURS, "language"),
  zone: choice("zone", ZONES, "own"),
  timeframe: choice<Timeframe>("timeframe", TIMEFRAMES, "1Day"),
  style: choice<ChartStyle>("style", STYLES, "candles"),
  log: switched("log", false),
  volume: switched("volume", true),
  signals: switched("signals", true),
  patterns: switched("patterns", true),
  actions: switched("actions", true),
  stories: switched("stories", true),
  indicators: signal<string[]>(texts("indicators") ?? ["sma_20", "sma_50", "sma_200"]),
  symbol: signal<string | null>(typeof stored["symbol"] === "string" ? (stored["symbol"] as string) : null),
  watchlist: signal<string[] | null>(texts("watchlist")), // null until the user has changed it
  screens: signal<Screen[]>(readScreens(stored["screens"])),
};

const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
system.addEventListener("change", () => {
  systemIsDark.value = system.matches;
});

export const isDark = computed(() => preferences.theme.value === "dark" || (preferences.theme.value === "system" && systemIsDark.value));

// Store every change; without storage the page works, and forgets.
export function keepPreferences(): () => void {
  return effect(() => {
    const values = Object.fromEntries(Object.entries(preferences).map(([name, held]) => [name, held.value]));
    try {
      localStorage.setItem(KEY, JSON.stringify(values));
    } catch {
      return;
    }
  });
}

function readScreens(found: unknown): Screen[] {
  if (!Array.isArray(found)) return [];
  return found.slice(0, 50).flatMap((each: Partial<Screen> | null) => {
    if (typeof each?.name !== "string" || typeof each.condition !== "string") return [];
    const columns = Array.isArray(each.columns) ? each.columns.filter((column): column is string => typeof column === "string") : [];
    const [industry, sort] = [each.industry, each.sort].map((text) => (typeof text === "string" ? text : "")) as [string, string];
    return [{ name: each.name, condition: each.condition, columns, industry, sort, down: each.down === true }];
  });
}

function readStored(): Stored {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Stored) : {};
  } catch {
    return {};
  }
}
