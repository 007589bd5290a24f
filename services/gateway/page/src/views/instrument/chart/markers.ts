// Marks on the bars: signals by direction, dividends and splits.
import type { SeriesMarker, Time } from "lightweight-charts";
import { barTime, signalGroups, sortKey } from "../candles";
import type { Drawing, Look } from "./drawing";
import { colour } from "./options";

export function markers(drawing: Drawing, look: Look): SeriesMarker<Time>[] {
  const found: SeriesMarker<Time>[] = [];
  if (look.signals) {
    for (const group of signalGroups(drawing.signals, drawing.bars, drawing.timeframe)) {
      found.push({
        time: group.time,
        position: group.up ? "belowBar" : "aboveBar",
        shape: group.up ? "arrowUp" : "arrowDown",
        color: colour(group.up ? "up" : "down"),
        text: group.signals.length > 1 ? String(group.signals.length) : "",
        size: 0.9,
      });
    }
  }
  if (look.actions) {
    const times = new Map(drawing.bars.map((bar) => [bar.date, barTime(bar, drawing.timeframe)]));
    for (const action of drawing.actions) {
      const time = times.get(action.date);
      if (time !== undefined)
        found.push({
          time,
          position: "belowBar",
          shape: "square",
          color: colour("muted"),
          text: action.kind === "split" ? "S" : "D",
          size: 0.6,
        });
    }
  }
  if (look.stories) {
    for (const time of storyTimes(drawing))
      found.push({ time, position: "aboveBar", shape: "circle", color: colour("line-1"), text: "", size: 0.6 });
  }
  return found.sort((a, b) => (sortKey(a.time) < sortKey(b.time) ? -1 : 1));
}

// The bar on which each story was first seen: the first that closed after it. A story before or after all bars has none.
function storyTimes(drawing: Drawing): Time[] {
  const closes = drawing.bars.map((bar) => Date.parse(bar.date));
  const first = closes[0] ?? Infinity;
  const places = drawing.stories
    .map((story) => Date.parse(story.date))
    .filter((seen) => seen >= first)
    .map((seen) => closes.findIndex((close) => close >= seen));
  return [...new Set(places)].flatMap((place) => {
    const bar = drawing.bars[place];
    return bar ? [barTime(bar, drawing.timeframe)] : [];
  });
}
