// A gateway with a newer page no longer has the files of this one: a view that cannot be loaded reloads the page, once a minute at most.
const KEY = "finstage.reloaded";
const MINUTE = 60_000;

export function reloadWhenReplaced(): void {
  addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < MINUTE) return;
    event.preventDefault();
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
}
