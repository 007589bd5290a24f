// How the user wants to see the chart now.
import { effect } from "@preact/signals";
import { isDark, preferences } from "../../../data/preferences";
import type { Look } from "./drawing";

export function currentLook(): Look {
  const { style, log, volume, signals, patterns, actions, stories, indicators } = preferences;
  return {
    style: style.value,
    log: log.value,
    volume: volume.value,
    signals: signals.value,
    patterns: patterns.value,
    actions: actions.value,
    stories: stories.value,
    indicators: indicators.value,
  };
}

// Draw again when the look, the language, the colours or the time zone change. Returns what ends it.
export function followLook(paint: (look: Look) => void): () => void {
  let isFirst = true;
  return effect(() => {
    const look = currentLook();
    void [preferences.language.value, isDark.value, preferences.colours.value, preferences.zone.value];
    if (!isFirst) requestAnimationFrame(() => paint(look)); // after the style of the page has changed
    isFirst = false;
  });
}
