// Lists of stories. A story grows: an older revision does not replace a newer one.
import type { Story } from "./types";

export const MAX_STORIES = 100;

// The list with a story, the newest first; the same list where it has this revision or a newer one.
export function withStory(all: readonly Story[], found: Story): readonly Story[] {
  const known = all.find((other) => other.id === found.id);
  if (known && known.revision >= found.revision) return all;
  const others = all.filter((other) => other !== known);
  return [found, ...others].sort((a, b) => Date.parse(b.date) - Date.parse(a.date)).slice(0, MAX_STORIES);
}
