// The chart: candles, volume, three moving averages, signals as markers and the forming bar.
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
import { averages, candles, formingCandle, isIntraday, signalGroups, sortKey, barTime, type Candle } from "./candles";
import { fill, h } from "./dom";
import { percent, price, scale, shortDateTime, volume } from "./format";
import type { Bar, Indicators, Instrument, Quote, Signal, Timeframe } from "./types";
import { language, t } from "./translations";

export const AVERAGES = ["sma_20", "sma_50", "sma_200"] as const;
const VISIBLE_BARS = 120;

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
  private scheduled = false;

  constructor(private readonly container: HTMLElement) {
    this.chart = createChart(container, { autoSize: true, crosshair: { mode: CrosshairMode.Normal } });
    this.volume = this.chart.addSeries(HistogramSeries, { priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.lines = AVERAGES.map(() => this.chart.addSeries(LineSeries, { lineWidth: 1, lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false }));
    this.price = this.chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.markers = createSeriesMarkers(this.price, []);
    this.chart.subscribeCrosshairMove((at) => {
      this.hovered = at.time ?? null;
      this.drawLegend();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.paint();
  }

  // Apply colours, fonts and texts from the page's style and language.
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
      rightPriceScale: { borderVisible: false, scaleMargins: { top: this.container.clientWidth < 500 ? 0.22 : 0.14, bottom: 0.2 } },
      timeScale: {
        borderVisible: false,
        rightOffset: 4,
        timeVisible: isIntraday(this.timeframe),
        secondsVisible: false,
        ...(isIntraday(this.timeframe) ? { tickMarkFormatter: tickMark } : { tickMarkFormatter: undefined as never }),
      },
      localization: {
        locale: language(),
        ...(isIntraday(this.timeframe) ? { timeFormatter: (time: Time) => shortDateTime(Number(time) * 1000) } : { timeFormatter: (time: Time) => sortKey(time) }),
      },
      crosshair: { vertLine: { color: colour("muted"), labelBackgroundColor: colour("accent") }, horzLine: { color: colour("muted"), labelBackgroundColor: colour("accent") } },
    });
    this.price.applyOptions({ upColor: colour("up"), downColor: colour("down"), wickUpColor: colour("up"), wickDownColor: colour("down") });
    this.lines.forEach((line, i) => line.applyOptions({ color: colour(`line-${i + 1}`) }));
    this.draw();
  }

  show(instrument: Instrument | undefined, timeframe: Timeframe, bars: Bar[], rows: Indicators[], signals: Signal[], quote: Quote | undefined): void {
    Object.assign(this, { instrument, timeframe, bars, rows, signals, forming: null, last: null, hovered: null });
    // The axis uses the format of the series that was added first: all series get the same format.
    const priceFormat = { type: "custom", ...scale(bars.at(-1)?.close ?? quote?.last_price ?? 1, instrument) } as const;
    for (const series of [this.price, ...this.lines]) series.applyOptions({ priceFormat });
    this.paint();
    if (quote) this.quote(quote);
    const size = bars.length + 1;
    this.chart.timeScale().setVisibleLogicalRange({ from: Math.max(-2, size - VISIBLE_BARS), to: size + 3 });
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  // Whether these bars, oldest first, continue the bars of the chart with the same price adjustment.
  continues(bars: Bar[]): boolean {
    const first = bars[0];
    return first === undefined ? !this.bars.length : this.bars.some((bar) => bar.date === first.date && bar.close === first.close);
  }

  // Add the newest closed bars and their indicator rows.
  addClosedBars(bars: Bar[], rows: Indicators[]): void {
    this.bars = withNewest(this.bars, bars);
    this.rows = withNewest(this.rows, rows);
    const last = this.bars.at(-1);
    if (last && this.forming && sortKey(this.forming.time) <= sortKey(barTime(last, this.timeframe))) this.forming = null;
    this.draw();
    if (this.last) this.quote(this.last);
  }

  signal(signal: Signal): void {
    this.signals = [...this.signals.filter((other) => other.id !== signal.id), signal];
    this.mark();
  }

  // Quotes arrive faster than the screen is drawn: the newest is drawn with the next frame.
  quote(quote: Quote): void {
    this.last = quote;
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      if (!this.last) return;
      const next = formingCandle(this.forming, this.bars.at(-1), this.last, this.timeframe);
      if (!next) return;
      this.forming = next;
      this.price.update(next);
      if (next.volume) this.volume.update({ time: next.time, value: next.volume, color: this.shade(next) });
      this.drawLegend();
    });
  }

  private draw(): void {
    const all = candles(this.bars, this.timeframe);
    if (this.forming) all.push(this.forming);
    this.price.setData(all);
    this.volume.setData(all.map((c) => ({ time: c.time, value: c.volume, color: this.shade(c) })));
    this.lines.forEach((line, i) => line.setData(averages(this.rows, this.bars, AVERAGES[i]!, this.timeframe)));
    this.mark();
    this.drawLegend();
  }

  private mark(): void {
    const style = getComputedStyle(document.documentElement);
    this.markers.setMarkers(
      signalGroups(this.signals, this.bars, this.timeframe).map((group) => ({
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

  private drawLegend(): void {
    const key = this.hovered ? sortKey(this.hovered) : null;
    const at = key ? this.bars.findIndex((bar) => sortKey(barTime(bar, this.timeframe)) === key) : this.forming ? -1 : this.bars.length - 1;
    const bar = at >= 0 ? this.bars[at] : this.forming;
    if (!bar) return fill(this.legend);
    const before = at >= 0 ? this.bars[at - 1] : this.bars.at(-1);
    const change = before && before.close > 0 ? bar.close / before.close - 1 : null; // no percentage of a price at or below zero
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

// The newest rows replace all rows from the first of them on: a corrected bar may close at another time.
function withNewest<T extends { date: string }>(rows: T[], newest: T[]): T[] {
  const from = newest[0] ? Date.parse(newest[0].date) : Infinity;
  return [...rows.filter((row) => Date.parse(row.date) < from), ...newest];
}

// Axis labels in the user's time zone.
function tickMark(time: Time, kind: number): string {
  const date = new Date(Number(time) * 1000);
  const options: Intl.DateTimeFormatOptions =
    kind === 0 ? { year: "numeric" } : kind === 1 ? { month: "short" } : kind === 2 ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(language(), options).format(date);
}
