// The page: one store, four panels, one stream.
import "./style.css";
import { api } from "./api";
import { Chart } from "./chart";
import { fill, h, icon, ICONS } from "./dom";
import { SignalFeed } from "./signal_feed";
import { clockTime, dateTime, percent, price, signedPrice, volume } from "./format";
import { Industries } from "./industries";
import { HISTORY_SOURCE, failingSources, noPriceText, priceOutage, sourceText } from "./outage";
import { RepeatedRead } from "./repeated_read";
import { MAX_ROWS, Store } from "./store";
import { Stream, type State } from "./stream";
import { TIMEFRAMES, type DataMessage, type Industry, type Quote, type Signal, type Status, type Timeframe } from "./types";
import { Watchlist, direction, flash } from "./watchlist";
import { nameOf, setLanguage, t, timeframeName } from "./translations";

const BARS = 500;
const NEWEST_BARS = 20;
const UNDO_SECONDS = 7;
const STATUS_INTERVAL_MS = 10_000;
const QUIET_MS = 120_000; // after this time without output of analysis, the page shows the time of the last one
const ROW_DELAY_MS = 1500; // a bar's indicator row arrives after the bar

const store = new Store();
setLanguage(store.language);

const banner = h("p", { class: "banner", role: "status", hidden: true });
const outage = h("p", { class: "outage", role: "status", hidden: true });
const connection = h("span", { class: "link", role: "status", "aria-live": "polite" });
const instrumentHeader = h("div", { class: "instrument" });
const timeframes = h("div", { class: "frames", role: "group" });
const chartElement = h("div", { class: "drawing" });
const note = h("div", { class: "note", role: "status", hidden: true });
const toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
const header = h("header", { class: "top" });
const chartPanel = h("section", { class: "panel stage", id: "chart", tabindex: "-1" });
const skipLink = h("a", { class: "skip", href: "#chart" });

const watchlist = new Watchlist(store, { select, star: toggleWatched, changed: onFilter, noPrice: () => noPriceText(status) });
const feed = new SignalFeed(store, (signal) => {
  store.timeframe = signal.timeframe;
  select(signal.symbol);
});
const industries = new Industries(store, (industry) => {
  watchlist.filterByIndustry(store.industry === industry ? "" : industry);
  watchlist.render();
  industries.scheduleDraw();
});
document.getElementById("app")?.append(skipLink, header, outage, banner, h("main", {}, watchlist.element, chartPanel, feed.element, industries.element), toasts);
const chart = new Chart(chartElement);
const stream = new Stream(onMessage, showConnection, onGap);
const initialRead = new RepeatedRead(readAll, onInitialRead);
const missedRead = new RepeatedRead(readGap, () => showConnection(state));
const barsRead = new RepeatedRead(readBars, onBarsRead);
const statusRead = new RepeatedRead(readStatus, onStatusRead);

let state: State = { kind: "connecting" };
let status: Status | null = null;
let shownNote: { text: () => string; retry?: () => void } | null = null;

function render(): void {
  skipLink.textContent = t("skip");
  document.documentElement.dataset["language"] = store.language;
  fill(
    header,
    h("a", { class: "brand", href: "/" }, "Finstage"),
    connection,
    h("nav", {}, h("a", { href: "/docs" }, t("api")), h("button", { class: "quiet", lang: store.language === "ko" ? "en" : "ko", click: switchLanguage }, t("language"))),
  );
  fill(chartPanel, instrumentHeader, timeframes, h("div", { class: "canvas" }, chart.legend, chartElement, note));
  renderTimeframes();
  renderInstrument();
  showConnection(state);
  showBanner();
  showOutage();
  showNote();
  watchlist.render();
  feed.clear();
  feed.render();
  industries.render();
  chart.paint();
}

function renderTimeframes(): void {
  timeframes.setAttribute("aria-label", t("timeframe"));
  fill(timeframes, ...TIMEFRAMES.map((name) => h("button", { "aria-pressed": String(name === store.timeframe), click: () => selectTimeframe(name) }, timeframeName(name))));
}

function renderInstrument(): void {
  const symbol = store.symbol;
  if (!symbol) return fill(instrumentHeader, h("h1", {}, t("choose")));
  const instrument = store.instruments.get(symbol);
  const quote = store.quotes.get(symbol);
  const term = (word: string, value: string) => h("div", {}, h("dt", {}, word), h("dd", {}, value));
  document.title = quote ? `${price(quote.last_price, instrument)} ${symbol} · Finstage` : `${symbol} · Finstage`;
  fill(
    instrumentHeader,
    h("div", { class: "title" }, h("h1", {}, instrument ? nameOf(instrument) : symbol), h("p", {}, [symbol, instrument?.exchange, instrument?.currency].filter(Boolean).join(" · "))),
    quote
      ? h(
          "div",
          { class: "now" },
          h("strong", { id: "last" }, price(quote.last_price, instrument)),
          h("span", { class: direction(quote) }, `${signedPrice(quote.change, instrument, quote.last_price)} (${percent(quote.change_percent)})`),
          h("time", { datetime: quote.date }, dateTime(quote.date)),
        )
      : null,
    quote
      ? h(
          "dl",
          {},
          term(t("prevClose"), price(quote.prev_close, instrument)),
          term(t("day"), `${price(quote.low, instrument)} – ${price(quote.high, instrument)}`),
          term(t("year"), `${price(quote.year_low, instrument)} – ${price(quote.year_high, instrument)}`),
          term(t("volume"), volume(quote.volume)),
        )
      : h("div", { class: "now" }, h("strong", { id: "last", title: noPriceText(status) }, "–")),
  );
}

interface DataState {
  kind: "behind" | "silent" | "failing" | "unknown" | "quiet" | "pending";
  text: string;
  why?: string;
}

function showConnection(newState: State): void {
  state = newState;
  const seconds = newState.kind === "waiting" ? Math.max(1, Math.round((newState.until - Date.now()) / 1000)) : 0;
  const data = newState.kind === "live" ? dataState() : null;
  connection.className = `link ${data?.kind ?? newState.kind}`;
  connection.title = data?.why ?? "";
  connection.textContent = data?.text ?? (newState.kind === "waiting" ? `${t("waiting")} (${seconds} s)` : t(newState.kind));
  document.documentElement.dataset["link"] = data?.kind ?? newState.kind;
}

// What an open connection does not show: whether prices arrive and are processed. Null: they are, or nothing is known.
function dataState(): DataState | null {
  const lastOutput = status?.analysis_heard;
  const failed = missedRead.error ?? barsRead.error;
  if (failed) return { kind: "behind", text: t("behind"), why: t("behindWhy").replace("{why}", failed.message) };
  if (status?.silent) return { kind: "silent", text: lastOutput ? t("silent").replace("{time}", clockTime(lastOutput)) : t("silentEver") };
  const cut = priceOutage(status);
  if (cut) return { kind: cut, text: t(cut === "failing" ? "cutOff" : "unreported"), why: failingSources(status).map(sourceText).join("\n") };
  if (lastOutput && Date.now() - Date.parse(lastOutput) > QUIET_MS) return { kind: "quiet", text: t("quiet").replace("{time}", clockTime(lastOutput)) };
  return store.quotes.size ? null : { kind: "pending", text: t("pending") };
}

async function readStatus(): Promise<void> {
  status = (await api.status()).results[0] ?? null;
}

// While the status cannot be read, it is unknown.
function onStatusRead(error: Error | null): void {
  if (error) status = null;
  showConnection(state);
  showOutage();
  showNote();
  watchlist.updateReasons();
  if (store.symbol && !store.quotes.has(store.symbol)) renderInstrument();
}

function showOutage(): void {
  const sources = failingSources(status);
  outage.hidden = !sources.length;
  fill(outage, ...sources.map((each) => h("span", { title: each.detail }, sourceText(each))));
}

function showBanner(): void {
  const replayed = [...store.quotes.values()].some((quote) => quote.replayed) || store.signals.some((signal) => signal.replayed);
  banner.hidden = !replayed;
  banner.textContent = t("replayed");
}

// Called for the user's choice; the first instrument of the page is opened without scrolling.
function select(symbol: string): void {
  open(symbol);
  if (matchMedia("(max-width: 760px)").matches) chartPanel.scrollIntoView({ block: "start" });
}

function open(symbol: string): void {
  store.symbol = symbol;
  store.save();
  watchlist.drawRows();
  renderTimeframes();
  renderInstrument();
  subscribe();
  barsRead.restart();
}

function selectTimeframe(timeframe: Timeframe): void {
  store.timeframe = timeframe;
  store.save();
  renderTimeframes();
  barsRead.restart();
}

function toggleWatched(symbol: string): void {
  const instrument = store.instruments.get(symbol);
  const name = instrument ? nameOf(instrument) : symbol;
  if (store.watchlist.includes(symbol)) {
    const at = store.unwatch(symbol);
    toast(`${name}: ${t("removed")}`, () => {
      store.watch(symbol, at);
      afterWatchlistChange();
    });
  } else {
    store.watch(symbol);
  }
  afterWatchlistChange();
}

function afterWatchlistChange(): void {
  watchlist.drawRows();
  feed.scheduleDraw();
  subscribe();
}

function switchLanguage(): void {
  store.language = store.language === "ko" ? "en" : "ko";
  store.save();
  setLanguage(store.language);
  render();
}

function toast(text: string, undo: () => void): void {
  const element = h("div", { class: "toast" }, h("span", {}, text));
  const remove = () => element.remove();
  const timer = window.setTimeout(remove, UNDO_SECONDS * 1000);
  const dismiss = (action: () => void) => () => {
    clearTimeout(timer);
    remove();
    action();
  };
  element.append(h("button", { click: dismiss(undo) }, t("undo")), h("button", { class: "quiet", "aria-label": "×", click: dismiss(() => undefined) }, icon(ICONS.close, 12)));
  toasts.replaceChildren(element);
}

function setNote(text: (() => string) | null, retry?: () => void): void {
  shownNote = text && { text, ...(retry ? { retry } : {}) };
  showNote();
}

function showNote(): void {
  note.hidden = shownNote === null;
  fill(note, shownNote && h("p", {}, shownNote.text()), shownNote?.retry ? h("button", { click: shownNote.retry }, t("retry")) : null);
}

const failureText = (error: Error) => () => `${t("failed")}: ${error.message}`;
// A chart without bars, with the error where the price history cannot be read.
const noBarsText = () => [t("noBars"), ...failingSources(status).filter((each) => each.source === HISTORY_SOURCE).map(sourceText)].join(" ");
const selectedSeries = () => `${store.symbol} ${store.timeframe}`;

// Read the newest bars where they continue those on the chart, else all.
async function readBars(cancelled: AbortSignal): Promise<void> {
  const { symbol, timeframe } = store;
  if (!symbol) return;
  const read = (limit: number) => Promise.all([api.bars(symbol, timeframe, limit, cancelled), api.indicators(symbol, timeframe, limit, cancelled)]);
  if (chartElement.dataset["shows"] === selectedSeries()) {
    const [newest, rows] = await read(NEWEST_BARS);
    if (chart.continues(newest.results)) {
      chart.addClosedBars(newest.results, rows.results);
      if (newest.results.length) setNote(null);
      return;
    }
  }
  chartElement.setAttribute("aria-busy", "true");
  const [[all, rows], signals] = await Promise.all([read(BARS), api.signals({ symbol, timeframe, limit: MAX_ROWS }, cancelled)]);
  const shown = new Map(signals.results.map((signal) => [signal.id, signal]));
  for (const signal of store.signals) if (signal.symbol === symbol && signal.timeframe === timeframe) shown.set(signal.id, signal);
  chartElement.dataset["bars"] = String(all.results.length);
  chartElement.dataset["shows"] = `${symbol} ${timeframe}`;
  chart.show(store.instruments.get(symbol), timeframe, all.results, rows.results, [...shown.values()], store.quotes.get(symbol));
  setNote(all.results.length ? null : noBarsText);
}

function onBarsRead(error: Error | null): void {
  if (error && chartElement.dataset["shows"] !== selectedSeries()) setNote(failureText(error), () => barsRead.restart());
  chartElement.removeAttribute("aria-busy");
  showConnection(state);
}

function onFilter(): void {
  subscribe();
  industries.scheduleDraw();
}

function subscribe(): void {
  const quotes = new Set(store.isWatchlistChosen || store.industry ? watchlist.shownSymbols() : ["*"]);
  if (store.symbol) quotes.add(store.symbol);
  if (quotes.has("*")) quotes.forEach((symbol) => symbol !== "*" && quotes.delete(symbol));
  stream.select({ quotes, bars: new Set(store.symbol ? [store.symbol] : []), signals: new Set(["*"]), industries: new Set(["*"]) });
}

function onMessage(message: DataMessage): void {
  if (message.T === "q") onQuote(message);
  else if (message.T === "s") onSignal(message);
  else if (message.T === "v") onIndustry(message);
  else if (message.symbol === store.symbol && message.timeframe === store.timeframe) readClosedBar();
}

function onQuote(quote: Quote, requestedAt?: number): void {
  const none = store.quotes.size === 0;
  const before = store.quotes.get(quote.symbol);
  if (!store.putQuote(quote, requestedAt)) return;
  if (!store.isWatchlistChosen && !before) {
    store.suggestWatchlist();
    watchlist.drawRows();
  }
  if (none) showConnection(state);
  if (!store.symbol) openFirst();
  watchlist.quote(quote);
  if (quote.replayed && banner.hidden) showBanner();
  if (quote.symbol !== store.symbol) return;
  renderInstrument();
  const last = document.getElementById("last");
  if (last && before && before.last_price !== quote.last_price) flash(last, quote.last_price > before.last_price);
  if (chartElement.dataset["shows"] === selectedSeries()) chart.quote(quote);
}

function onSignal(signal: Signal): void {
  if (!store.addSignal(signal)) return;
  feed.scheduleDraw();
  showBanner();
  if (`${signal.symbol} ${signal.timeframe}` === chartElement.dataset["shows"]) chart.signal(signal);
}

function onIndustry(industry: Industry, requestedAt?: number): void {
  store.putIndustry(industry, requestedAt);
  industries.scheduleDraw();
}

// The stream has raw bars and the chart shows adjusted ones: the newest bars are read by REST.
let closingTimer = 0;
function readClosedBar(): void {
  barsRead.request();
  clearTimeout(closingTimer);
  closingTimer = window.setTimeout(() => barsRead.request(), ROW_DELAY_MS);
}

function openFirst(): void {
  const symbol = store.watchlist[0] ?? [...store.quotes.keys()][0];
  if (symbol) open(symbol);
}

// Messages were missed: read the state by REST; only then does the position of the stream advance.
function onGap(): void {
  missedRead.request();
  barsRead.request();
}

async function readGap(): Promise<void> {
  const [mark, requestedAt] = [stream.mark(), store.messageCount];
  const [quotes, signals, views] = await Promise.all([api.quotes(), api.signals({ limit: MAX_ROWS }), api.industries()]);
  for (const view of views.results) onIndustry(view, requestedAt);
  for (const quote of quotes.results) onQuote(quote, requestedAt);
  for (const signal of signals.results) onSignal(signal);
  stream.closeGap(mark);
}

async function readDirectory(): Promise<void> {
  const requestedAt = store.messageCount;
  const [instruments, groups] = await Promise.all([api.instruments(), api.industries()]);
  for (const instrument of instruments.results) store.instruments.set(instrument.symbol, instrument);
  for (const industry of groups.results) store.putIndustry(industry, requestedAt);
  store.suggestWatchlist();
}

async function readAll(): Promise<void> {
  const [quotes, signals] = await Promise.all([api.quotes(), api.signals({ limit: MAX_ROWS }), readDirectory()]);
  for (const quote of quotes.results) store.putQuote(quote, store.messageCount);
  for (const signal of signals.results) store.addSignal(signal);
}

function onInitialRead(error: Error | null): void {
  if (error) return setNote(failureText(error), () => initialRead.restart());
  const known = (symbol: string) => store.instruments.has(symbol) || store.quotes.has(symbol);
  if (store.symbol && !known(store.symbol)) store.symbol = null;
  if (store.instruments.size) store.watchlist = store.watchlist.filter(known);
  setNote(null);
  showData();
  subscribe();
  stream.open();
}

function showData(): void {
  store.suggestWatchlist();
  render();
  if (store.symbol) open(store.symbol);
  else openFirst();
  if (!store.symbol) setNote(() => t("noQuotes"));
}

// Ingest may fill the table of instruments after the page was opened.
const directoryRead = new RepeatedRead(readDirectory, (error) => {
  if (!error && store.instruments.size) showData();
});

function refreshStatus(): void {
  statusRead.request();
  if (stream.isOpened && !store.instruments.size) directoryRead.request();
}

setInterval(() => state.kind === "waiting" && showConnection(state), 1000);
setInterval(refreshStatus, STATUS_INTERVAL_MS);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refreshStatus());
render();
refreshStatus();
initialRead.request();
