// Keys that work in every view: / searches, 1 to 6 open the views, ? lists the keys.
import { signal } from "@preact/signals";
import { go, route, VIEWS } from "./router";

export const isHelpOpen = signal(false);

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return (
    event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)
  );
}

export function watchKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") isHelpOpen.value = false;
    if (isTyping(event)) return;
    const view = VIEWS[Number(event.key) - 1];
    if (view) go(view);
    else if (event.key === "?") isHelpOpen.value = !isHelpOpen.peek();
    else if (event.key === "/") {
      event.preventDefault();
      if (route.peek().view !== "instrument") go("instrument");
      focusSearch(20);
    }
  });
}

// The view may be on its way: its search field is looked for in the next frames.
function focusSearch(frames: number): void {
  const field = document.getElementById("search");
  if (field) field.focus();
  else if (frames) setTimeout(() => focusSearch(frames - 1), 50);
}
