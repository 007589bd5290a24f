// The numbers of the bar under the pointer, or of the newest one: prices, indicators, and the signals with their records.

import { preferences } from "../../data/preferences";
import type { Signal, Story } from "../../data/types";
import { percent, plain, price, volume } from "../../i18n/format";
import { ruleName } from "../../i18n/names";
import { recordText } from "../../i18n/record";
import { t } from "../../i18n/words";
import { sign } from "../../ui/numbers";
import { storyTitle } from "../../ui/stories";
import { barTime, isIntraday, sortKey } from "./candles";
import type { ChartModel } from "./chart_model";
import { columnTitle, isOverPrice } from "./columns";

const SIGNALS = 4;

export function Legend({ model }: { model: ChartModel }) {
  const { bars, rows, instrument, timeframe } = model.drawing.value;
  const { time, forming } = model.hovered.value;
  const key = time === null ? null : sortKey(time);
  const at = key ? bars.findIndex((bar) => sortKey(barTime(bar, timeframe)) === key) : forming ? -1 : bars.length - 1;
  const closed = bars[at];
  const bar = closed ?? forming;
  if (!bar) return <div class="legend" aria-hidden="true" />;
  const before = closed ? bars[at - 1] : bars.at(-1);
  const change = before && before.close > 0 ? bar.close / before.close - 1 : null; // no percentage of a price at or below zero
  const traded = bar.volume > 0 || bars.some((other) => other.volume > 0); // indices and currencies have no volume
  const row = rows.find((each) => each.date === closed?.date) ?? rows.at(-1);
  return (
    <div class="legend" aria-hidden="true">
      <div>
        {(["open", "high", "low", "close"] as const).map((word) => (
          <Figure key={word} word={t(word)}>
            {price(bar[word], instrument)}
          </Figure>
        ))}
        {change !== null && <span class={sign(change)}>{percent(change)}</span>}
        {traded && <Figure word={t("volume")}>{volume(!closed && isIntraday(timeframe) ? null : bar.volume)}</Figure>}
        {!closed && <span class="tag">{t("forming")}</span>}
      </div>
      <div>
        {preferences.indicators.value.map((name, i) => (
          <Figure key={name} word={columnTitle(name)} class={`line-${(i % 6) + 1}`}>
            {isOverPrice(name) ? price(row?.values[name] ?? null, instrument) : plain(row?.values[name] ?? null)}
          </Figure>
        ))}
      </div>
      {closed && key && <Headlines stories={storiesOf(model.drawing.value.stories, before?.date, closed.date)} />}
      {closed && key && <Fired signals={model.drawing.value.signals.filter((signal) => signal.date === closed.date)} />}
    </div>
  );
}

function Figure({ word, class: more = "", children }: { word: string; class?: string; children: string }) {
  return (
    <span class={`figure ${more}`}>
      <i>{word}</i>
      {children}
    </span>
  );
}

// The stories that were first seen during a bar.
function storiesOf(stories: readonly Story[], from: string | undefined, until: string): Story[] {
  const seen = (story: Story) => Date.parse(story.date);
  return stories.filter((story) => seen(story) <= Date.parse(until) && (from === undefined || seen(story) > Date.parse(from)));
}

function Headlines({ stories }: { stories: Story[] }) {
  return (
    <div class="fired">
      {stories.slice(0, SIGNALS).map((story) => (
        <p key={story.id}>{storyTitle(story)}</p>
      ))}
    </div>
  );
}

function Fired({ signals }: { signals: Signal[] }) {
  return (
    <div class="fired">
      {signals.slice(0, SIGNALS).map((signal) => (
        <p key={signal.id}>
          <b class={signal.direction}>{`${signal.direction === "up" ? "▲" : "▼"} ${ruleName(signal.rule, signal.params)}`}</b>
          {` ${recordText(signal.quality, signal.timeframe)}`}
        </p>
      ))}
    </div>
  );
}
