// The page: one store, three panels, one stream.
import "./style.css";
import { ApiError, api } from "./api";
import { Chart } from "./chart";
import { fill, h, icon, ICONS } from "./dom";
import { Feed } from "./feed";
import { hour, moment, percent, price, signed, volume } from "./format";
import { Industries } from "./industries";
import { Store } from "./store";
import { Stream, type State } from "./stream";
import { TIMEFRAMES, type Industry, type Message, type Quote, type Signal, type Status, type Timeframe } from "./types";
import { Watchlist, direction, flash } from "./watchlist";
import { frame, nameOf, speak, t } from "./words";

const BARS = 500;
const UNDO_SECONDS = 7;
const STATUS_EVERY = 10_000;
const QUIET = 120_000; // so long without any event of analysis, and the page says since when
const ROW_DELAY = 1500; // a bar's indicator row follows it

const store = new Store();
speak(store.language);

const banner = h("p", { class: "banner", role: "status", hidden: true });
const link = h("span", { class: "link", role: "status", "aria-live": "polite" });
const head = h("div", { class: "instrument" });
const frames = h("div", { class: "frames", role: "group" });
const drawing = h("div", { class: "drawing" });
const note = h("div", { class: "note", role: "status", hidden: true });
const toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
const top = h("header", { class: "top" });
const middle = h("section", { class: "panel stage", id: "chart", tabindex: "-1" });
const skip = h("a", { class: "skip", href: "#chart" });

const watchlist = new Watchlist(store, { select, star, changed: narrowed });
const feed = new Feed(store, (signal) => {
  store.timeframe = signal.timeframe;
  select(signal.symbol);
});
const industries = new Industries(store, (industry) => {
  watchlist.narrow(store.industry === industry ? "" : industry);
  watchlist.render();
  industries.changed();
});
document.getElementById("app")?.append(skip, top, banner, h("main", {}, watchlist.element, middle, feed.element, industries.element), toasts);
const chart = new Chart(drawing);
const stream = new Stream(heard, showLink, () => void catchUp());

let loading: AbortController | null = null;
let state: State = { kind: "connecting" };
let status: Status | null = null;

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
      : null,
  );
}

function showLink(now: State): void {
  state = now;
  const seconds = now.kind === "waiting" ? Math.max(1, Math.round((now.until - Date.now()) / 1000)) : 0;
  const flow = now.kind === "live" ? flowing() : null;
  link.className = `link ${flow?.kind ?? now.kind}`;
  link.textContent = flow?.text ?? (now.kind === "waiting" ? `${t("waiting")} (${seconds} s)` : t(now.kind));
  document.documentElement.dataset["link"] = flow?.kind ?? now.kind;
}

// An open connection is not yet a price: what the gateway knows of analysis behind it. Null: prices flow, or nothing is known.
function flowing(): { kind: "silent" | "quiet"; text: string } | null {
  const heard = status?.analysis_heard;
  if (status?.silent) return { kind: "silent", text: heard ? t("silent").replace("{time}", hour(heard)) : t("silentEver") };
  if (heard && Date.now() - Date.parse(heard) > QUIET) return { kind: "quiet", text: t("quiet").replace("{time}", hour(heard)) };
  return null;
}

async function ask(): Promise<void> {
  status = (await api.status().catch(() => null))?.results[0] ?? null;
  showLink(state);
}

function showBanner(): void {
  const replayed = [...store.quotes.values()].some((quote) => quote.replayed) || store.signals.some((signal) => signal.replayed);
  banner.hidden = !replayed;
  banner.textContent = t("replayed");
}

function select(symbol: string): void {
  store.symbol = symbol;
  store.remember();
  watchlist.rowsAnew();
  renderFrames();
  renderHead();
  subscribe();
  void draw();
  if (matchMedia("(max-width: 760px)").matches) middle.scrollIntoView({ block: "start" });
}

function choose(timeframe: Timeframe): void {
  store.timeframe = timeframe;
  store.remember();
  renderFrames();
  void draw();
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

function say(text: string | null, retry?: () => void): void {
  note.hidden = text === null;
  fill(note, text === null ? null : h("p", {}, text), retry ? h("button", { click: retry }, t("retry")) : null);
}

async function draw(): Promise<void> {
  const symbol = store.symbol;
  if (!symbol) return;
  loading?.abort();
  const mine = (loading = new AbortController());
  const timeframe = store.timeframe;
  drawing.setAttribute("aria-busy", "true");
  try {
    const [bars, rows, signals] = await Promise.all([
      api.bars(symbol, timeframe, BARS, mine.signal),
      api.indicators(symbol, timeframe, BARS, mine.signal),
      api.signals({ symbol, timeframe, limit: 200 }, mine.signal),
    ]);
    chart.show(store.instruments.get(symbol), timeframe, bars.results, rows.results, signals.results, store.quotes.get(symbol));
    say(bars.results.length ? null : t("noBars"));
    drawing.dataset["bars"] = String(bars.results.length);
    drawing.dataset["shows"] = `${symbol} ${timeframe}`;
  } catch (error) {
    if (mine.signal.aborted) return;
    say(`${t("failed")}: ${(error as Error).message}`, () => void draw());
  }
  if (loading === mine) drawing.removeAttribute("aria-busy");
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

function heard(message: Message): void {
  if (message.T === "q") hearQuote(message);
  else if (message.T === "s") hearSignal(message);
  else if (message.T === "v") hearIndustry(message);
  else if (message.T === "subscription") void closeGap();
  else if (message.T === "b" && message.symbol === store.symbol && message.timeframe === store.timeframe) void closeBar(message.symbol, message.timeframe);
}

function hearQuote(quote: Quote): void {
  const first = store.quotes.size === 0;
  const before = store.quotes.get(quote.symbol);
  store.quotes.set(quote.symbol, quote);
  if (!store.chosen && !before) {
    store.suggest();
    watchlist.rowsAnew();
  }
  if (first) begin();
  watchlist.quote(quote);
  if (quote.replayed && banner.hidden) showBanner();
  if (quote.symbol !== store.symbol) return;
  renderHead();
  const last = document.getElementById("last");
  if (last && before && before.last_price !== quote.last_price) flash(last, quote.last_price > before.last_price);
  chart.quote(quote);
}

function hearSignal(signal: Signal): void {
  if (!store.addSignal(signal)) return;
  feed.added();
  showBanner();
  if (signal.symbol === store.symbol && signal.timeframe === store.timeframe) chart.signal(signal);
}

function hearIndustry(industry: Industry): void {
  store.putIndustry(industry);
  industries.changed();
}

// The stream tells raw bars; the chart shows adjusted ones: the newest few are read as REST tells them.
let closing = 0;
function closeBar(symbol: string, timeframe: Timeframe): void {
  const read = async () => {
    const [bars, rows] = await Promise.all([api.bars(symbol, timeframe, 20), api.indicators(symbol, timeframe, 20)]);
    if (symbol === store.symbol && timeframe === store.timeframe) chart.close(bars.results, rows.results);
    if (bars.results.length) say(null);
  };
  const quiet = () => undefined; // the next bar brings what this one could not
  read().catch(quiet);
  clearTimeout(closing);
  closing = window.setTimeout(() => read().catch(quiet), ROW_DELAY);
}

function begin(): void {
  if (!store.symbol) select(store.watchlist[0] ?? [...store.quotes.keys()][0] ?? "");
}

// What came while we were away and the stream no longer has.
async function catchUp(): Promise<void> {
  const [quotes, signals, views] = await Promise.all([api.quotes(), api.signals({ limit: 100 }), api.industries()]);
  views.results.forEach(hearIndustry);
  for (const quote of quotes.results) store.quotes.set(quote.symbol, quote);
  for (const signal of signals.results) store.addSignal(signal);
  store.suggest();
  watchlist.rowsAnew();
  feed.added();
  showBanner();
  renderHead();
  await draw();
}

// Between the first reading and the first subscription something may have happened that neither told.
async function closeGap(): Promise<void> {
  if (settled) return;
  settled = true;
  const nothing = () => [null, null, null] as const;
  const [quotes, signals, views] = await Promise.all([api.quotes(), api.signals({ limit: 100 }), api.industries()]).catch(nothing);
  views?.results.forEach(hearIndustry);
  for (const quote of quotes?.results ?? []) {
    const known = store.quotes.get(quote.symbol);
    if (!known || Date.parse(quote.date) > Date.parse(known.date)) hearQuote(quote);
  }
  for (const signal of signals?.results ?? []) hearSignal(signal);
}

async function start(): Promise<void> {
  render();
  try {
    const [instruments, groups, quotes, signals] = await Promise.all([api.instruments(), api.industries(), api.quotes(), api.signals({ limit: 100 })]);
    for (const instrument of instruments.results) store.instruments.set(instrument.symbol, instrument);
    for (const quote of quotes.results) store.quotes.set(quote.symbol, quote);
    for (const signal of signals.results) store.addSignal(signal);
    store.industries = groups.results;
    if (store.symbol && !store.instruments.has(store.symbol) && !store.quotes.has(store.symbol)) store.symbol = null;
    const known = (symbol: string) => store.instruments.has(symbol) || store.quotes.has(symbol);
    if (instruments.results.length) store.watchlist = store.watchlist.filter(known);
  } catch (error) {
    const text = error instanceof ApiError ? error.message : String((error as Error).message);
    say(`${t("failed")}: ${text}`, () => void start());
    return;
  }
  say(null);
  store.suggest();
  render();
  if (store.symbol) select(store.symbol);
  else if (store.quotes.size) begin();
  else say(t("noQuotes"));
  subscribe();
  if (!opened) stream.open();
  opened = true;
}

let opened = false;
let settled = false;
setInterval(() => state.kind === "waiting" && showLink(state), 1000);
setInterval(() => void ask(), STATUS_EVERY);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void ask());
void ask();
void start();
