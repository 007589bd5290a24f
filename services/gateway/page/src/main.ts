// The page: one store, three panels, one stream.
import "./style.css";
import { api } from "./api";
import { Chart } from "./chart";
import { fill, h, icon, ICONS } from "./dom";
import { Feed } from "./feed";
import { hour, moment, percent, price, signed, volume } from "./format";
import { Industries } from "./industries";
import { HISTORY, cutOff, noPrice, sentence, troubles } from "./outage";
import { Reading } from "./reading";
import { MOST, Store } from "./store";
import { Stream, type State } from "./stream";
import { TIMEFRAMES, type Data, type Industry, type Quote, type Signal, type Status, type Timeframe } from "./types";
import { Watchlist, direction, flash } from "./watchlist";
import { frame, nameOf, speak, t } from "./words";

const BARS = 500;
const NEWEST_BARS = 20;
const UNDO_SECONDS = 7;
const STATUS_EVERY = 10_000;
const QUIET = 120_000; // so long without any event of analysis, and the page says since when
const ROW_DELAY = 1500; // a bar's indicator row follows it

const store = new Store();
speak(store.language);

const banner = h("p", { class: "banner", role: "status", hidden: true });
const outage = h("p", { class: "outage", role: "status", hidden: true });
const link = h("span", { class: "link", role: "status", "aria-live": "polite" });
const head = h("div", { class: "instrument" });
const frames = h("div", { class: "frames", role: "group" });
const drawing = h("div", { class: "drawing" });
const note = h("div", { class: "note", role: "status", hidden: true });
const toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
const top = h("header", { class: "top" });
const middle = h("section", { class: "panel stage", id: "chart", tabindex: "-1" });
const skip = h("a", { class: "skip", href: "#chart" });

const watchlist = new Watchlist(store, { select, star, changed: narrowed, noPrice: () => noPrice(status) });
const feed = new Feed(store, (signal) => {
  store.timeframe = signal.timeframe;
  select(signal.symbol);
});
const industries = new Industries(store, (industry) => {
  watchlist.narrow(store.industry === industry ? "" : industry);
  watchlist.render();
  industries.changed();
});
document.getElementById("app")?.append(skip, top, outage, banner, h("main", {}, watchlist.element, middle, feed.element, industries.element), toasts);
const chart = new Chart(drawing);
const stream = new Stream(heard, showLink, catchUp);
const first = new Reading(readAll, begun);
const gap = new Reading(readGap, () => showLink(state));
const bars = new Reading(readBars, barsRead);
const condition = new Reading(readStatus, conditionRead);

let state: State = { kind: "connecting" };
let status: Status | null = null;
let noted: { text: () => string; retry?: () => void } | null = null;

function render(): void {
  skip.textContent = t("skip");
  document.documentElement.dataset["language"] = store.language;
  fill(
    top,
    h("a", { class: "brand", href: "/" }, "Finstage"),
    link,
    h("nav", {}, h("a", { href: "/docs" }, t("api")), h("button", { class: "quiet", lang: store.language === "ko" ? "en" : "ko", click: turn }, t("language"))),
  );
  fill(middle, head, frames, h("div", { class: "canvas" }, chart.legend, drawing, note));
  renderFrames();
  renderHead();
  showLink(state);
  showBanner();
  showOutage();
  showNote();
  watchlist.render();
  feed.forget();
  feed.render();
  industries.render();
  chart.paint();
}

function renderFrames(): void {
  frames.setAttribute("aria-label", t("timeframe"));
  fill(frames, ...TIMEFRAMES.map((name) => h("button", { "aria-pressed": String(name === store.timeframe), click: () => choose(name) }, frame(name))));
}

function renderHead(): void {
  const symbol = store.symbol;
  if (!symbol) return fill(head, h("h1", {}, t("choose")));
  const instrument = store.instruments.get(symbol);
  const quote = store.quotes.get(symbol);
  const pair = (word: string, value: string) => h("div", {}, h("dt", {}, word), h("dd", {}, value));
  document.title = quote ? `${price(quote.last_price, instrument)} ${symbol} · Finstage` : `${symbol} · Finstage`;
  fill(
    head,
    h("div", { class: "title" }, h("h1", {}, instrument ? nameOf(instrument) : symbol), h("p", {}, [symbol, instrument?.exchange, instrument?.currency].filter(Boolean).join(" · "))),
    quote
      ? h(
          "div",
          { class: "now" },
          h("strong", { id: "last" }, price(quote.last_price, instrument)),
          h("span", { class: direction(quote) }, `${signed(quote.change, instrument, quote.last_price)} (${percent(quote.change_percent)})`),
          h("time", { datetime: quote.date }, moment(quote.date)),
        )
      : null,
    quote
      ? h(
          "dl",
          {},
          pair(t("prevClose"), price(quote.prev_close, instrument)),
          pair(t("day"), `${price(quote.low, instrument)} – ${price(quote.high, instrument)}`),
          pair(t("year"), `${price(quote.year_low, instrument)} – ${price(quote.year_high, instrument)}`),
          pair(t("volume"), volume(quote.volume)),
        )
      : h("div", { class: "now" }, h("strong", { id: "last", title: noPrice(status) }, "–")),
  );
}

interface Flow {
  kind: "behind" | "silent" | "failing" | "unknown" | "quiet" | "pending";
  text: string;
  why?: string;
}

function showLink(now: State): void {
  state = now;
  const seconds = now.kind === "waiting" ? Math.max(1, Math.round((now.until - Date.now()) / 1000)) : 0;
  const flow = now.kind === "live" ? flowing() : null;
  link.className = `link ${flow?.kind ?? now.kind}`;
  link.title = flow?.why ?? "";
  link.textContent = flow?.text ?? (now.kind === "waiting" ? `${t("waiting")} (${seconds} s)` : t(now.kind));
  document.documentElement.dataset["link"] = flow?.kind ?? now.kind;
}

// An open connection is not yet a price: what is known of what lies behind it. Null: prices flow, or nothing is known.
function flowing(): Flow | null {
  const heard = status?.analysis_heard;
  const failed = gap.error ?? bars.error;
  if (failed) return { kind: "behind", text: t("behind"), why: t("behindWhy").replace("{why}", failed.message) };
  if (status?.silent) return { kind: "silent", text: heard ? t("silent").replace("{time}", hour(heard)) : t("silentEver") };
  const cut = cutOff(status);
  if (cut) return { kind: cut, text: t(cut === "failing" ? "cutOff" : "unreported"), why: troubles(status).map(sentence).join("\n") };
  if (heard && Date.now() - Date.parse(heard) > QUIET) return { kind: "quiet", text: t("quiet").replace("{time}", hour(heard)) };
  return store.quotes.size ? null : { kind: "pending", text: t("pending") };
}

async function readStatus(): Promise<void> {
  status = (await api.status()).results[0] ?? null;
}

// While the condition cannot be read, none is known.
function conditionRead(error: Error | null): void {
  if (error) status = null;
  showLink(state);
  showOutage();
  showNote();
  watchlist.reasons();
  if (store.symbol && !store.quotes.has(store.symbol)) renderHead();
}

function showOutage(): void {
  const found = troubles(status);
  outage.hidden = !found.length;
  fill(outage, ...found.map((each) => h("span", { title: each.detail }, sentence(each))));
}

function showBanner(): void {
  const replayed = [...store.quotes.values()].some((quote) => quote.replayed) || store.signals.some((signal) => signal.replayed);
  banner.hidden = !replayed;
  banner.textContent = t("replayed");
}

// The reader's choice; what the page begins with moves nothing.
function select(symbol: string): void {
  open(symbol);
  if (matchMedia("(max-width: 760px)").matches) middle.scrollIntoView({ block: "start" });
}

function open(symbol: string): void {
  store.symbol = symbol;
  store.remember();
  watchlist.rowsAnew();
  renderFrames();
  renderHead();
  subscribe();
  bars.restart();
}

function choose(timeframe: Timeframe): void {
  store.timeframe = timeframe;
  store.remember();
  renderFrames();
  bars.restart();
}

function star(symbol: string): void {
  const instrument = store.instruments.get(symbol);
  const name = instrument ? nameOf(instrument) : symbol;
  if (store.watchlist.includes(symbol)) {
    const at = store.unwatch(symbol);
    toast(`${name}: ${t("removed")}`, () => {
      store.watch(symbol, at);
      afterStar();
    });
  } else {
    store.watch(symbol);
  }
  afterStar();
}

function afterStar(): void {
  watchlist.rowsAnew();
  feed.added();
  subscribe();
}

function turn(): void {
  store.language = store.language === "ko" ? "en" : "ko";
  store.remember();
  speak(store.language);
  render();
}

function toast(text: string, undo: () => void): void {
  const element = h("div", { class: "toast" }, h("span", {}, text));
  const gone = () => element.remove();
  const timer = window.setTimeout(gone, UNDO_SECONDS * 1000);
  const end = (act: () => void) => () => {
    clearTimeout(timer);
    gone();
    act();
  };
  element.append(h("button", { click: end(undo) }, t("undo")), h("button", { class: "quiet", "aria-label": "×", click: end(() => undefined) }, icon(ICONS.close, 12)));
  toasts.replaceChildren(element);
}

function say(text: (() => string) | null, retry?: () => void): void {
  noted = text && { text, ...(retry ? { retry } : {}) };
  showNote();
}

function showNote(): void {
  note.hidden = noted === null;
  fill(note, noted && h("p", {}, noted.text()), noted?.retry ? h("button", { click: noted.retry }, t("retry")) : null);
}

const failing = (error: Error) => () => `${t("failed")}: ${error.message}`;
// Where the past cannot be read, that is why a chart has no bars.
const noBars = () => [t("noBars"), ...troubles(status).filter((each) => each.source === HISTORY).map(sentence)].join(" ");
const chosen = () => `${store.symbol} ${store.timeframe}`;

// The newest bars where they go on from those on the chart, else all of them.
async function readBars(cancelled: AbortSignal): Promise<void> {
  const { symbol, timeframe } = store;
  if (!symbol) return;
  const read = (limit: number) => Promise.all([api.bars(symbol, timeframe, limit, cancelled), api.indicators(symbol, timeframe, limit, cancelled)]);
  if (drawing.dataset["shows"] === chosen()) {
    const [newest, rows] = await read(NEWEST_BARS);
    if (chart.joins(newest.results)) {
      chart.close(newest.results, rows.results);
      if (newest.results.length) say(null);
      return;
    }
  }
  drawing.setAttribute("aria-busy", "true");
  const [[all, rows], signals] = await Promise.all([read(BARS), api.signals({ symbol, timeframe, limit: MOST }, cancelled)]);
  const shown = new Map(signals.results.map((signal) => [signal.id, signal]));
  for (const signal of store.signals) if (signal.symbol === symbol && signal.timeframe === timeframe) shown.set(signal.id, signal);
  drawing.dataset["bars"] = String(all.results.length);
  drawing.dataset["shows"] = `${symbol} ${timeframe}`;
  chart.show(store.instruments.get(symbol), timeframe, all.results, rows.results, [...shown.values()], store.quotes.get(symbol));
  say(all.results.length ? null : noBars);
}

function barsRead(error: Error | null): void {
  if (error && drawing.dataset["shows"] !== chosen()) say(failing(error), () => bars.restart());
  drawing.removeAttribute("aria-busy");
  showLink(state);
}

function narrowed(): void {
  subscribe();
  industries.changed();
}

function subscribe(): void {
  const quotes = new Set(store.chosen || store.industry ? watchlist.shown() : ["*"]);
  if (store.symbol) quotes.add(store.symbol);
  if (quotes.has("*")) quotes.forEach((symbol) => symbol !== "*" && quotes.delete(symbol));
  stream.want({ quotes, bars: new Set(store.symbol ? [store.symbol] : []), signals: new Set(["*"]), industries: new Set(["*"]) });
}

function heard(message: Data): void {
  if (message.T === "q") hearQuote(message);
  else if (message.T === "s") hearSignal(message);
  else if (message.T === "v") hearIndustry(message);
  else if (message.symbol === store.symbol && message.timeframe === store.timeframe) closeBar();
}

function hearQuote(quote: Quote, asked?: number): void {
  const none = store.quotes.size === 0;
  const before = store.quotes.get(quote.symbol);
  if (!store.putQuote(quote, asked)) return;
  if (!store.chosen && !before) {
    store.suggest();
    watchlist.rowsAnew();
  }
  if (none) showLink(state);
  if (!store.symbol) begin();
  watchlist.quote(quote);
  if (quote.replayed && banner.hidden) showBanner();
  if (quote.symbol !== store.symbol) return;
  renderHead();
  const last = document.getElementById("last");
  if (last && before && before.last_price !== quote.last_price) flash(last, quote.last_price > before.last_price);
  if (drawing.dataset["shows"] === chosen()) chart.quote(quote);
}

function hearSignal(signal: Signal): void {
  if (!store.addSignal(signal)) return;
  feed.added();
  showBanner();
  if (`${signal.symbol} ${signal.timeframe}` === drawing.dataset["shows"]) chart.signal(signal);
}

function hearIndustry(industry: Industry, asked?: number): void {
  store.putIndustry(industry, asked);
  industries.changed();
}

// The stream tells raw bars; the chart shows adjusted ones: the newest few are read as REST tells them.
let closing = 0;
function closeBar(): void {
  bars.want();
  clearTimeout(closing);
  closing = window.setTimeout(() => bars.want(), ROW_DELAY);
}

function begin(): void {
  const symbol = store.watchlist[0] ?? [...store.quotes.keys()][0];
  if (symbol) open(symbol);
}

// Something happened that the stream did not tell: it is read, and only then the stream's position moves on.
function catchUp(): void {
  gap.want();
  bars.want();
}

async function readGap(): Promise<void> {
  const [mark, asked] = [stream.mark(), store.asked];
  const [quotes, signals, views] = await Promise.all([api.quotes(), api.signals({ limit: MOST }), api.industries()]);
  for (const view of views.results) hearIndustry(view, asked);
  for (const quote of quotes.results) hearQuote(quote, asked);
  for (const signal of signals.results) hearSignal(signal);
  stream.settle(mark);
}

async function readDirectory(): Promise<void> {
  const asked = store.asked;
  const [instruments, groups] = await Promise.all([api.instruments(), api.industries()]);
  for (const instrument of instruments.results) store.instruments.set(instrument.symbol, instrument);
  for (const industry of groups.results) store.putIndustry(industry, asked);
  store.suggest();
}

async function readAll(): Promise<void> {
  const [quotes, signals] = await Promise.all([api.quotes(), api.signals({ limit: MOST }), readDirectory()]);
  for (const quote of quotes.results) store.putQuote(quote, store.asked);
  for (const signal of signals.results) store.addSignal(signal);
}

function begun(error: Error | null): void {
  if (error) return say(failing(error), () => first.restart());
  const known = (symbol: string) => store.instruments.has(symbol) || store.quotes.has(symbol);
  if (store.symbol && !known(store.symbol)) store.symbol = null;
  if (store.instruments.size) store.watchlist = store.watchlist.filter(known);
  say(null);
  showAll();
  subscribe();
  stream.open();
}

function showAll(): void {
  store.suggest();
  render();
  if (store.symbol) open(store.symbol);
  else begin();
  if (!store.symbol) say(() => t("noQuotes"));
}

// Ingest may fill the table of instruments after this page was opened.
const directory = new Reading(readDirectory, (error) => {
  if (!error && store.instruments.size) showAll();
});

function look(): void {
  condition.want();
  if (stream.opened && !store.instruments.size) directory.want();
}

setInterval(() => state.kind === "waiting" && showLink(state), 1000);
setInterval(look, STATUS_EVERY);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
render();
look();
first.want();
