// Stories: title, summary, publishers, and what the instruments did since. Links lead to the first article.
import type { Story } from "../data/types";
import { dateTime, percent } from "../i18n/format";
import { language, t } from "../i18n/words";
import { InstrumentLink } from "./instrument_link";

export function storyTitle(story: Story): string {
  return language() === "ko" ? (story.title_ko ?? story.title) : story.title;
}

export function StoryList({ stories, empty }: { stories: readonly Story[]; empty: string }) {
  return (
    <ol class="story-list">
      {stories.length === 0 && <li class="empty">{empty}</li>}
      {stories.map((story) => (
        <li key={story.id} class="story" data-id={story.id}>
          <StoryText story={story} />
        </li>
      ))}
    </ol>
  );
}

export function StoryText({ story }: { story: Story }) {
  const summary = (language() === "ko" ? (story.summary_ko ?? story.summary) : story.summary).join(" ");
  const isUntranslated = language() === "ko" && story.title_ko === null;
  const moves = story.reactions.flatMap(({ symbol, hour }) => (hour === null ? [] : [{ symbol, hour }]));
  const address = webAddress(story.url);
  const facts = [dateTime(story.date), story.publishers.join(", "), t("story-articles", { n: story.article_count })];
  if (isUntranslated) facts.push(t("story-untranslated"));
  if (story.replayed) facts.push(t("replayed-short"));
  return (
    <article>
      <p class="story-title" {...(isUntranslated ? { lang: story.language } : {})}>
        {address ? (
          <a href={address} target="_blank" rel="noopener noreferrer">
            {storyTitle(story)}
          </a>
        ) : (
          storyTitle(story)
        )}
      </p>
      {summary && <p class="story-summary">{summary}</p>}
      <p class="hint">{facts.join(" · ")}</p>
      {story.symbols.length > 0 && (
        <p class="hint story-symbols">
          {story.symbols.slice(0, 5).map((symbol) => {
            const move = moves.find((each) => each.symbol === symbol);
            return (
              <span key={symbol}>
                <InstrumentLink symbol={symbol} />
                {move && ` ${t("story-reaction", { move: percent(move.hour, 1) })}`}
              </span>
            );
          })}
        </p>
      )}
    </article>
  );
}

// The address of an article is from outside: only a page of the web is a link.
export function webAddress(url: string): string | null {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol) ? url : null;
}
