// The address of a view is behind the #, so that the gateway serves one page and a link can be shared: #/instrument/AAPL?compare=NVDA
import { signal } from "@preact/signals";

export const VIEWS = ["market", "instrument", "screener", "research", "alerts", "system"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Route {
  view: ViewName;
  part: string; // what follows the view: a symbol, a run
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [view, ...rest] = path.split("/");
  return {
    view: VIEWS.find((each) => each === view) ?? "market",
    part: decoded(rest.join("/")),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

export function address(view: ViewName, part = "", query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  const path = part ? `/${part.split("/").map(encodeURIComponent).join("/")}` : "";
  return `#/${view}${path}${search ? `?${search}` : ""}`;
}

export const route = signal<Route>(parseRoute(location.hash));

// How many addresses were opened. A form starts again with each, so that a link that is opened in the same view is not ignored.
export const visits = signal(0);

export function watchAddress(): void {
  addEventListener("hashchange", () => {
    route.value = parseRoute(location.hash);
    visits.value += 1;
  });
}

export function go(view: ViewName, part = "", query: Record<string, string> = {}): void {
  location.hash = address(view, part, query);
}

// Change the query of the open view without a new entry in the history.
export function setQuery(query: Record<string, string>): void {
  const { view, part } = route.peek();
  history.replaceState(null, "", address(view, part, query));
  route.value = { view, part, query };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
