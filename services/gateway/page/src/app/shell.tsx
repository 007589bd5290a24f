// What is around every view: header, notices, and the view itself, which is loaded when it is first opened.
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { preferences } from "../data/preferences";
import { failingSources, sourceText } from "../i18n/outage";
import { t } from "../i18n/words";
import { Icon } from "../ui/icons";
import { useSession } from "../ui/session";
import { Failure, Loading } from "../ui/states";
import { Toasts } from "../ui/toasts";
import { Help } from "./help";
import { isHelpOpen } from "./keyboard";
import { Link } from "./link";
import { address, route, VIEWS, type ViewName } from "./router";
import { Settings } from "./settings";

export type Loaders = Record<ViewName, () => Promise<{ default: ComponentType }>>;

export function Shell({ loaders }: { loaders: Loaders }) {
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>
        {t("skip")}
      </button>
      <Header />
      <Notices />
      <main id="content" tabIndex={-1}>
        <CurrentView loaders={loaders} />
      </main>
      <Toasts />
      {isHelpOpen.value && <Help />}
    </>
  );
}

function Header() {
  const [isOpen, setOpen] = useState(false);
  // before the paint: a key that follows at once closes the box that has just been opened
  useLayoutEffect(() => {
    if (!isOpen) return;
    const closing = new AbortController();
    addEventListener("keydown", (event) => event.key === "Escape" && setOpen(false), closing);
    addEventListener("hashchange", () => setOpen(false), closing);
    return () => closing.abort();
  }, [isOpen]);
  const other = preferences.language.value === "ko" ? "en" : "ko";
  return (
    <header class="top">
      <a class="brand" href={address("market")}>
        Finstage
      </a>
      <nav class="views-nav" aria-label={t("views")}>
        {VIEWS.map((view) => (
          <a key={view} href={address(view)} aria-current={route.value.view === view ? "page" : undefined}>
            <Icon name={view} />
            <span>{t(`view-${view}`)}</span>
          </a>
        ))}
      </nav>
      <Link />
      <div class="corner">
        <a href="/docs">{t("api")}</a>
        <button
          type="button"
          lang={other}
          onClick={() => {
            preferences.language.value = other;
          }}
        >
          {t(`language-${other}`)}
        </button>
        <button type="button" aria-label={t("settings")} title={t("settings")} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name="settings" />
        </button>
      </div>
      {isOpen && <Settings close={() => setOpen(false)} />}
    </header>
  );
}

function Notices() {
  const { status, market } = useSession();
  const sources = failingSources(status.value);
  return (
    <>
      <p class="outage" role="status" hidden={!sources.length}>
        {sources.map((each) => (
          <span key={each.source} title={each.detail}>
            {sourceText(each)}
          </span>
        ))}
      </p>
      <p class="banner" role="status" hidden={!market.hasReplayed}>
        {t("replayed")}
      </p>
    </>
  );
}

function CurrentView({ loaders }: { loaders: Loaders }) {
  const { view } = route.value;
  const loaded = useSignal<{ view: ViewName; component: ComponentType } | null>(null);
  const error = useSignal<Error | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    error.value = null;
    loaders[view]().then(
      (module) => {
        if (isCurrent) loaded.value = { view, component: module.default };
      },
      (reason: Error) => {
        if (isCurrent) error.value = reason;
      },
    );
    if (view !== "instrument") document.title = `${t(`view-${view}`)} · Finstage`;
    return () => {
      isCurrent = false;
    };
  }, [view, tries]);
  if (error.value) return <Failure error={error.value} retry={() => setTries(tries + 1)} />;
  if (loaded.value?.view !== view) return <Loading />;
  const Component = loaded.value.component;
  return <Component key={view} />;
}
