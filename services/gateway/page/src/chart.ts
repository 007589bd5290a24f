// The chart: candles, volume, three moving averages, signals as markers, the forming bar live.
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  HistogramSeries,
  LineSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
} from "lightweight-charts";
import { averages, candles, forming, isIntraday, marked, orderOf, timeOf, type Candle } from "./candles";
import { fill, h } from "./dom";
import { percent, price, scale, short, volume } from "./format";
import type { Bar, Indicators, Instrument, Quote, Signal, Timeframe } from "./types";
import { language, t } from "./words";

export const AVERAGES = ["sma_20", "sma_50", "sma_200"] as const;
const SHOWN = 120;

export class Chart {
  readonly legend = h("div", { class: "legend", "aria-hidden": "true" });
  private readonly chart: IChartApi;
  private readonly price: ISeriesApi<"Candlestick">;
  private readonly volume: ISeriesApi<"Histogram">;
  private readonly lines: ISeriesApi<"Line">[];
  private readonly markers: ISeriesMarkersPluginApi<Time>;
  private bars: Bar[] = [];
  private rows: Indicators[] = [];
  private signals: Signal[] = [];
  private forming: Candle | null = null;
  private last: Quote | null = null;
  private timeframe: Timeframe = "1Day";
  private instrument: Instrument | undefined;
  private hovered: Time | null = null;
  private waiting = false;

  constructor(private readonly place: HTMLElement) {
    this.chart = createChart(place, { autoSize: true, crosshair: { mode: CrosshairMode.Normal } });
    this.volume = this.chart.addSeries(HistogramSeries, { priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.lines = AVERAGES.map(() => this.chart.addSeries(LineSeries, { lineWidth: 1, lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false }));
    this.price = this.chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.markers = createSeriesMarkers(this.price, []);
    this.chart.subscribeCrosshairMove((at) => {
      this.hovered = at.time ?? null;
      this.explain();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.paint();
  }

  // Colours, fonts and words, from the page's style.
  paint(): void {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colour("panel") },
        textColor: colour("muted"),
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
        attributionLogo: true,
      },
      grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: this.place.clientWidth < 500 ? 0.22 : 0.14, bottom: 0.2 } },
      timeScale: {
        borderVisible: false,
        rightOffset: 4,
        timeVisible: isIntraday(this.timeframe),
        secondsVisible: false,
        ...(isIntraday(this.timeframe) ? { tickMarkFormatter: tickMark } : { tickMarkFormatter: undefined as never }),
      },
      localization: {
        locale: language(),
        ...(isIntraday(this.timeframe) ? { timeFormatter: (time: Time) => short(Number(time) * 1000) } : { timeFormatter: (time: Time) => orderOf(time) }),
      },
      crosshair: { vertLine: { color: colour("muted"), labelBackgroundColor: colour("accent") }, horzLine: { color: colour("muted"), labelBackgroundColor: colour("accent") } },
    });
    this.price.applyOptions({ upColor: colour("up"), downColor: colour("down"), wickUpColor: colour("up"), wickDownColor: colour("down") });
    this.lines.forEach((line, i) => line.applyOptions({ color: colour(`line-${i + 1}`) }));
    this.draw();
  }

  show(instrument: Instrument | undefined, timeframe: Timeframe, bars: Bar[], rows: Indicators[], signals: Signal[], quote: Quote | undefined): void {
    Object.assign(this, { instrument, timeframe, bars, rows, signals, forming: null, last: null, hovered: null });
    // The axis takes its format from the series that was added first: all of them have the same one.
    const priceFormat = { type: "custom", ...scale(bars.at(-1)?.close ?? quote?.last_price ?? 1, instrument) } as const;
    for (const series of [this.price, ...this.lines]) series.applyOptions({ priceFormat });
    this.paint();
    if (quote) this.quote(quote);
    const size = bars.length + 1;
    this.chart.timeScale().setVisibleLogicalRange({ from: Math.max(-2, size - SHOWN), to: size + 3 });
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  // Whether these bars, oldest first, go on where the chart ends, on prices that are adjusted as its own are.
  joins(bars: Bar[]): boolean {
    const first = bars[0];
    return first === undefined ? !this.bars.length : this.bars.some((bar) => bar.date === first.date && bar.close === first.close);
  }

  // Closed bars that have come since, and the indicator rows that go with them.
  close(bars: Bar[], rows: Indicators[]): void {
    this.bars = merged(this.bars, bars);
    this.rows = merged(this.rows, rows);
    const last = this.bars.at(-1);
    if (last && this.forming && orderOf(this.forming.time) <= orderOf(timeOf(last, this.timeframe))) this.forming = null;
    this.draw();
    if (this.last) this.quote(this.last);
  }

  signal(signal: Signal): void {
    this.signals = [...this.signals.filter((other) => other.id !== signal.id), signal];
    this.mark();
  }

  // Quotes come faster than a screen can show: the newest is drawn with the next frame.
  quote(quote: Quote): void {
    this.last = quote;
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.last) return;
      const next = forming(this.forming, this.bars.at(-1), this.last, this.timeframe);
      if (!next) return;
      this.forming = next;
      this.price.update(next);
      if (next.volume) this.volume.update({ time: next.time, value: next.volume, color: this.shade(next) });
      this.explain();
    });
  }

  private draw(): void {
    const all = candles(this.bars, this.timeframe);
    if (this.forming) all.push(this.forming);
    this.price.setData(all);
    this.volume.setData(all.map((c) => ({ time: c.time, value: c.volume, color: this.shade(c) })));
    this.lines.forEach((line, i) => line.setData(averages(this.rows, this.bars, AVERAGES[i]!, this.timeframe)));
    this.mark();
    this.explain();
  }

  private mark(): void {
    const style = getComputedStyle(document.documentElement);
    this.markers.setMarkers(
      marked(this.signals, this.bars, this.timeframe).map((group) => ({
        time: group.time,
        position: group.up ? "belowBar" : "aboveBar",
        shape: group.up ? "arrowUp" : "arrowDown",
        color: style.getPropertyValue(group.up ? "--up" : "--down").trim(),
        text: group.signals.length > 1 ? String(group.signals.length) : "",
        size: 0.9,
      })),
    );
  }

  private shade(candle: Candle): string {
    const name = candle.close >= candle.open ? "--up-faint" : "--down-faint";
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  private explain(): void {
    const wanted = this.hovered ? orderOf(this.hovered) : null;
    const at = wanted ? this.bars.findIndex((bar) => orderOf(timeOf(bar, this.timeframe)) === wanted) : this.forming ? -1 : this.bars.length - 1;
    const bar = at >= 0 ? this.bars[at] : this.forming;
    if (!bar) return fill(this.legend);
    const before = at >= 0 ? this.bars[at - 1] : this.bars.at(-1);
    const change = before && before.close > 0 ? bar.close / before.close - 1 : null; // of a price below zero there are no percents
    const traded = bar.volume > 0 || this.bars.some((other) => other.volume > 0); // indices and currencies have no volume
    const figure = (word: "open" | "high" | "low" | "close", value: number) =>
      h("span", { class: "figure" }, h("i", {}, t(word)), price(value, this.instrument));
    const date = "date" in bar ? bar.date : null;
    const row = date ? this.rows.find((r) => r.date === date) : undefined;
    fill(
      this.legend,
      h(
        "div",
        {},
        figure("open", bar.open),
        figure("high", bar.high),
        figure("low", bar.low),
        figure("close", bar.close),
        change === null ? null : h("span", { class: change > 0 ? "up" : change < 0 ? "down" : "" }, percent(change)),
        traded ? h("span", { class: "figure" }, h("i", {}, t("volume")), volume(bar === this.forming && isIntraday(this.timeframe) ? null : bar.volume)) : null,
        bar === this.forming ? h("span", { class: "tag" }, t("forming")) : null,
      ),
      h(
        "div",
        {},
        ...AVERAGES.map((name, i) => {
          const value = (row ?? this.rows.at(-1))?.values[name];
          return h("span", { class: `figure line-${i + 1}` }, h("i", {}, name.replace("_", " ").toUpperCase()), price(value ?? null, this.instrument));
        }),
      ),
    );
  }
}

function merged<T extends { date: string }>(some: T[], more: T[]): T[] {
  const all = new Map([...some, ...more].map((thing) => [thing.date, thing]));
  return [...all.values()].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
}

// Hours of the reader's own zone.
function tickMark(time: Time, kind: number): string {
  const date = new Date(Number(time) * 1000);
  const wanted: Intl.DateTimeFormatOptions =
    kind === 0 ? { year: "numeric" } : kind === 1 ? { month: "short" } : kind === 2 ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(language(), wanted).format(date);
}
