// Keys that work in every view: / searches, 1 to 6 open the views, ? lists the keys.
import { effect, signal } from "@preact/signals";
import { go, route, VIEWS } from "./router";

export const isHelpOpen = signal(false);
export const isSearchWanted = signal(false); // until the search field is there to take the focus

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
      isSearchWanted.value = true;
      if (route.peek().view !== "instrument") go("instrument");
    }
  });
  effect(() => {
    if (route.value.view !== "instrument") isSearchWanted.value = false;
  });
}
