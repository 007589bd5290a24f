// One instrument: its chart beside the watchlist, the signals and the industries.
import { useEffect, useMemo } from "preact/hooks";
import { go, route, setQuery } from "../../app/router";
import { preferences } from "../../data/preferences";
import { TIMEFRAMES } from "../../data/types";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { useSession } from "../../ui/session";
import { ChartModel } from "./chart_model";
import { Feed } from "./feed";
import { Heading } from "./heading";
import { Industries } from "./industries";
import { useInstrumentKeys } from "./keys";
import { symbolsInView } from "./search";
import { Stage } from "./stage";
import "./instrument.css";
import { WatchlistPanel } from "./watchlist_panel";

export default function InstrumentView() {
  const session = useSession();
  const { market, watchlist } = session;
  const symbol =
    route.value.part ||
    (session.isRead.value
      ? chosenSymbol(preferences.symbol.value, watchlist.symbols, market.isKnown.bind(market), market.quoted[0])
      : null);
  const timeframe = preferences.timeframe.value;
  const model = useMemo(() => (symbol ? new ChartModel(session, symbol, timeframe) : null), [session, symbol, timeframe]);
  const shown = symbolsInView(session);
  useEffect(() => {
    session.show(shown.every ? ["*"] : shown.symbols, symbol);
  }, [session, symbol, shown.every, shown.symbols.join(",")]);
  useEffect(() => {
    if (symbol && session.isRead.value) preferences.symbol.value = symbol;
  }, [symbol, session.isRead.value]);
  useEffect(() => () => session.show(["*"]), [session]);
  const { compare = null, timeframe: asked } = route.value.query;
  useEffect(() => {
    const found = TIMEFRAMES.find((each) => each === asked); // a link from an alert names the timeframe of its signal
    if (found) preferences.timeframe.value = found;
    if (asked) setQuery(compare ? { compare } : {});
  }, [asked, compare]);
  useEffect(() => {
    if (model) model.comparison.chosen.value = compare;
  }, [model, compare]);
  useInstrumentKeys(watchlist.symbols, symbol);
  return (
    <div class="view instrument-view">
      <WatchlistPanel symbol={symbol} select={(chosen) => open(chosen)} />
      <section class="panel stage" id="chart" tabIndex={-1} aria-label={t("chart")}>
        {symbol ? <Heading symbol={symbol} /> : <NoInstrument />}
        {model && <Stage key={`${symbol} ${timeframe}`} model={model} compare={(other) => setQuery(other ? { compare: other } : {})} />}
      </section>
      <Feed symbol={symbol} model={model} />
      <Industries />
    </div>
  );
}

function NoInstrument() {
  const { firstError, market, isRead, retryFirstRead } = useSession();
  const error = firstError.value;
  return (
    <div class="no-instrument">
      <h1>{t("choose")}</h1>
      {error ? (
        <div class="note" role="status">
          <p>{`${t("failed")}: ${errorText(error)}`}</p>
          <button type="button" class="button" onClick={() => retryFirstRead()}>
            {t("retry")}
          </button>
        </div>
      ) : (
        <div class="note" role="status">
          <p>{isRead.value && market.quoted.length === 0 ? t("no-quotes") : t("loading")}</p>
        </div>
      )}
    </div>
  );
}

// Called for the user's choice; on a phone the chart is scrolled to.
function open(symbol: string): void {
  go("instrument", symbol);
  if (matchMedia("(max-width: 760px)").matches) document.getElementById("chart")?.scrollIntoView({ block: "start" });
}

export function chosenSymbol(
  stored: string | null,
  listed: string[],
  isKnown: (symbol: string) => boolean,
  quoted: string | undefined,
): string | null {
  if (stored && isKnown(stored)) return stored;
  return listed[0] ?? quoted ?? null;
}
