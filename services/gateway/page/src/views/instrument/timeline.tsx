// What happened to one instrument, newest first: signals with their records, chart patterns, dividends and splits.
import type { Pattern, Signal, Story } from "../../data/types";
import { date, dateTime, percent, plain, price } from "../../i18n/format";
import { ruleName, timeframeName } from "../../i18n/names";
import { recordText } from "../../i18n/record";
import { t } from "../../i18n/words";
import { Empty } from "../../ui/states";
import { StoryText } from "../../ui/stories";
import type { ChartModel } from "./chart_model";
import type { CorporateAction } from "./corporate_actions";

const MOST = 80;

type Entry = { date: string; key: string } & ({ signal: Signal } | { pattern: Pattern } | { action: CorporateAction } | { story: Story });

export function timelineEntries(
  signals: readonly Signal[],
  patterns: readonly Pattern[],
  actions: readonly CorporateAction[],
  stories: readonly Story[],
): Entry[] {
  const all: Entry[] = [
    ...signals.map((signal) => ({ date: signal.date, key: signal.id, signal })),
    ...patterns.map((pattern) => ({ date: pattern.date, key: pattern.id, pattern })),
    ...stories.map((story) => ({ date: story.date, key: story.id, story })),
    ...actions.map((action) => ({ date: action.date, key: `${action.kind} ${action.date}`, action })),
  ];
  return all.sort((a, b) => Date.parse(b.date) - Date.parse(a.date)).slice(0, MOST);
}

export function Timeline({ model }: { model: ChartModel }) {
  const { signals, patterns, actions, stories, instrument, timeframe } = model.drawing.value;
  const entries = timelineEntries(signals, patterns, actions, stories);
  return (
    <div class="timeline">
      {entries.length === 0 && <Empty>{t("timeline-empty")}</Empty>}
      <ol>
        {entries.map((entry) => (
          <li key={entry.key}>
            <time dateTime={entry.date}>{dateTime(entry.date, instrument)}</time>
            {"signal" in entry && (
              <p>
                <b
                  class={entry.signal.direction}
                >{`${entry.signal.direction === "up" ? "▲" : "▼"} ${ruleName(entry.signal.rule, entry.signal.params)}`}</b>
                <span>{recordText(entry.signal.quality, entry.signal.timeframe)}</span>
              </p>
            )}
            {"story" in entry && <StoryText story={entry.story} />}
            {"pattern" in entry && <PatternText pattern={entry.pattern} model={model} />}
            {"action" in entry && (
              <p>
                <b>{t(`action-${entry.action.kind}`)}</b>
                <span>
                  {entry.action.kind === "split"
                    ? t("action-split-text", { shares: plain(entry.action.amount, 4) })
                    : t("action-dividend-text", { amount: price(entry.action.amount, instrument) })}
                </span>
              </p>
            )}
          </li>
        ))}
      </ol>
      <p class="hint">{t("timeline-hint", { timeframe: timeframeName(timeframe) })}</p>
      {stories.length === 0 && <p class="hint">{t("no-stories-of")}</p>}
    </div>
  );
}

function PatternText({ pattern, model }: { pattern: Pattern; model: ChartModel }) {
  const { instrument } = model.drawing.value;
  const parts = [
    pattern.level === null ? null : t("pattern-level", { price: price(pattern.level, instrument) }),
    pattern.target === null ? null : t("pattern-target", { price: price(pattern.target, instrument) }),
    t("pattern-quality", { quality: percent(pattern.quality, 0).replace("+", "") }),
    t("pattern-since", { date: date(pattern.pivots[0]?.date ?? pattern.date, instrument) }),
  ];
  return (
    <p>
      <b>{`${ruleName(pattern.pattern)} · ${t(`status-${pattern.status}`)}`}</b>
      <span>{parts.filter(Boolean).join(" · ")}</span>
    </p>
  );
}
