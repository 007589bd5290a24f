// The composition of the page.
import { render } from "preact";
import { keepAppearance } from "./app/appearance";
import { watchKeys } from "./app/keyboard";
import { tellReasons } from "./app/reasons";
import { reloadWhenReplaced } from "./app/replaced";
import { watchAddress } from "./app/router";
import { type Loaders, Shell } from "./app/shell";
import { keepPreferences } from "./data/preferences";
import { Session } from "./data/session";
import { SessionContext } from "./ui/session";
import "./ui/theme.css";
import "./ui/frame.css";
import "./ui/forms.css";
import "./ui/style.css";

const LOADERS: Loaders = {
  market: () => import("./views/market"),
  instrument: () => import("./views/instrument"),
  screener: () => import("./views/screener"),
  research: () => import("./views/research"),
  alerts: () => import("./views/alerts"),
  system: () => import("./views/system"),
};

const session = new Session();
reloadWhenReplaced();
keepPreferences();
keepAppearance();
watchAddress();
watchKeys();
tellReasons();
const root = document.getElementById("app");
if (root) {
  render(
    <SessionContext.Provider value={session}>
      <Shell loaders={LOADERS} />
    </SessionContext.Provider>,
    root,
  );
}
session.start();
