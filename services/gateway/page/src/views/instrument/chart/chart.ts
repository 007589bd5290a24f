// The chart: candles, volume, indicators over the price and in panes, patterns, marks, a second instrument and the forming bar.
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type SeriesType,
  type Time,
} from "lightweight-charts";
import type { Bar, Indicators, Quote, Signal } from "../../../data/types";
import { scale } from "../../../i18n/format";
import { barTime, type Candle, candles, columnPoints, formingCandle, heikinAshi, heikinAshiOf, sortKey, withNewest } from "../candles";
import { isOverPrice, paneOf } from "../columns";
import { type Drawing, type Look, NOTHING } from "./drawing";
import { markers } from "./markers";
import { chartOptions, colour } from "./options";
import { patternLines, shownPatterns } from "./pattern_lines";

const VISIBLE_BARS = 120;
const LINES = 6; // colours of lines in the style
const QUIET = { lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false } as const;

interface Column {
  name: string;
  series: ISeriesApi<"Line"> | ISeriesApi<"Histogram">;
}

export interface Hovered {
  time: Time | null;
  forming: Candle | null;
}

export class Chart {
  drawing: Drawing = NOTHING;
  private look: Look;
  private readonly chart: IChartApi;
  private price!: ISeriesApi<"Candlestick"> | ISeriesApi<"Line">;
  private volume: ISeriesApi<"Histogram"> | null = null;
  private compared: ISeriesApi<"Line"> | null = null;
  private columns: Column[] = [];
  private series: ISeriesApi<SeriesType>[] = [];
  private markers!: ISeriesMarkersPluginApi<Time>;
  private levelLine: IPriceLine | null = null;
  private level: number | null = null;
  private drawn: Candle[] = [];
  private forming: Candle | null = null;
  private last: Quote | null = null;
  private frame = 0;
  private hoveredTime: Time | null = null;

  constructor(
    private readonly container: HTMLElement,
    look: Look,
    private readonly onHover: (hovered: Hovered) => void,
    onPick: (price: number) => void,
  ) {
    this.look = look;
    this.chart = createChart(container, { autoSize: true });
    this.build();
    this.chart.subscribeCrosshairMove((at) => {
      this.hoveredTime = at.time ?? null;
      this.tell();
    });
    this.chart.subscribeClick((at) => {
      const picked = at.point && (at.paneIndex ?? 0) === 0 ? this.price.coordinateToPrice(at.point.y) : null;
      if (picked !== null && picked !== undefined) onPick(picked);
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.chart.remove();
  }

  show(drawing: Drawing, quote: Quote | null): void {
    this.drawing = drawing;
    this.forming = null;
    this.last = null;
    this.hoveredTime = null;
    this.level = null;
    this.build();
    if (quote) this.quote(quote);
    const size = drawing.bars.length + 1;
    this.chart.timeScale().setVisibleLogicalRange({ from: Math.max(-2, size - VISIBLE_BARS), to: size + 3 });
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  // Draw the same data in another way: other series, colours, language or time zone.
  paint(look: Look): void {
    this.look = look;
    const range = this.chart.timeScale().getVisibleLogicalRange();
    this.build();
    if (range) this.chart.timeScale().setVisibleLogicalRange(range);
  }

  // Parts that were read after the bars.
  add(parts: Partial<Pick<Drawing, "rows" | "patterns" | "actions" | "stories" | "compared">>): void {
    this.drawing = { ...this.drawing, ...parts };
    this.paint(this.look);
  }

  // Add the newest closed bars and their indicator rows.
  addClosedBars(bars: Bar[], rows: Indicators[]): void {
    const { drawing } = this;
    this.drawing = { ...drawing, bars: withNewest(drawing.bars, bars), rows: withNewest(drawing.rows, rows) };
    const last = this.drawing.bars.at(-1);
    if (last && this.forming && sortKey(this.forming.time) <= sortKey(barTime(last, drawing.timeframe))) this.forming = null;
    this.draw();
    if (this.last) this.quote(this.last);
  }

  signal(signal: Signal): void {
    this.drawing = { ...this.drawing, signals: [...this.drawing.signals.filter((other) => other.id !== signal.id), signal] };
    this.markers.setMarkers(markers(this.drawing, this.look));
  }

  // Quotes arrive faster than the screen is drawn: the newest is drawn with the next frame.
  quote(quote: Quote): void {
    this.last = quote;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.drawForming();
    });
  }

  showLevel(level: number | null): void {
    this.level = level;
    if (this.levelLine) this.price.removePriceLine(this.levelLine);
    this.levelLine =
      level === null
        ? null
        : this.price.createPriceLine({
            price: level,
            color: colour("accent"),
            lineWidth: 1,
            lineStyle: LineStyle.Dashed,
            axisLabelVisible: true,
            title: "",
          });
  }

  // The number of series and panes, for the description of the chart.
  get parts(): { series: number; panes: number } {
    return { series: this.series.length, panes: this.chart.panes().length };
  }

  private get mode(): PriceScaleMode {
    if (this.drawing.compared) return PriceScaleMode.Percentage;
    return this.look.log ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
  }

  private build(): void {
    for (const series of this.series) this.chart.removeSeries(series);
    this.series = [];
    while (this.chart.panes().length > 1) this.chart.removePane(this.chart.panes().length - 1);
    const { timeframe, instrument } = this.drawing;
    this.chart.applyOptions(chartOptions({ timeframe, instrument, width: this.container.clientWidth, mode: this.mode }));
    this.volume = this.look.volume && this.hasVolume ? this.addVolume() : null;
    this.columns = this.addColumns();
    this.price = this.addPrice();
    this.markers = createSeriesMarkers<Time>(this.price as ISeriesApi<SeriesType>, []);
    this.compared = this.drawing.compared
      ? this.addLine({ color: colour("line-4"), lineWidth: 2, lastValueVisible: true, title: this.drawing.compared.name })
      : null;
    if (this.look.patterns && !this.drawing.compared) this.addPatterns();
    this.levelLine = null;
    this.showLevel(this.level);
    // The axis uses the format of the series that was added first: all of the price's pane get the same format.
    const near = this.drawing.bars.at(-1)?.close ?? this.last?.last_price ?? 1;
    const priceFormat = { type: "custom", ...scale(near, instrument) } as const;
    for (const series of this.series)
      if (series !== this.volume && series.getPane().paneIndex() === 0) series.applyOptions({ priceFormat });
    this.draw();
  }

  private get hasVolume(): boolean {
    return !this.drawing.bars.length || this.drawing.bars.some((bar) => bar.volume > 0); // indices and currencies have none
  }

  private keep<T extends ISeriesApi<SeriesType>>(series: T): T {
    this.series.push(series);
    return series;
  }

  private addVolume(): ISeriesApi<"Histogram"> {
    const series = this.keep(
      this.chart.addSeries(HistogramSeries, {
        priceScaleId: "volume",
        priceFormat: { type: "volume" },
        lastValueVisible: false,
        priceLineVisible: false,
      }),
    );
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    return series;
  }

  private addLine(options: Parameters<ISeriesApi<"Line">["applyOptions"]>[0], pane = 0): ISeriesApi<"Line"> {
    return this.keep(this.chart.addSeries(LineSeries, { lineWidth: 1, ...QUIET, ...options }, pane));
  }

  private addColumns(): Column[] {
    const panes: string[] = [];
    return this.look.indicators.flatMap((name, i) => {
      const color = colour(`line-${(i % LINES) + 1}`);
      // In percent each line begins at 0: an average would cross the price where it does not.
      if (isOverPrice(name) && this.drawing.compared) return [];
      if (isOverPrice(name)) return { name, series: this.addLine({ color }) };
      if (!panes.includes(paneOf(name))) panes.push(paneOf(name));
      const pane = panes.indexOf(paneOf(name)) + 1;
      const isHistogram = name.includes("hist");
      const series = isHistogram
        ? this.keep(this.chart.addSeries(HistogramSeries, { color, priceLineVisible: false, lastValueVisible: false }, pane))
        : this.addLine({ color }, pane);
      this.chart.panes()[pane]?.setStretchFactor(0.28);
      return { name, series };
    });
  }

  private addPrice(): ISeriesApi<"Candlestick"> | ISeriesApi<"Line"> {
    if (this.look.style === "line")
      return this.addLine({
        color: colour("accent"),
        lineWidth: 2,
        lastValueVisible: true,
        priceLineVisible: true,
        crosshairMarkerVisible: true,
      });
    const [up, down] = [colour("up"), colour("down")];
    return this.keep(
      this.chart.addSeries(CandlestickSeries, { borderVisible: false, upColor: up, downColor: down, wickUpColor: up, wickDownColor: down }),
    );
  }

  private addPatterns(): void {
    const { bars, patterns, timeframe } = this.drawing;
    for (const pattern of shownPatterns(patterns)) {
      for (const line of patternLines(pattern, bars, timeframe)) {
        const series = this.addLine({
          color: colour("line-5"),
          lineWidth: line.isShape ? 2 : 1,
          lineStyle: line.isShape ? LineStyle.Solid : LineStyle.Dashed,
          autoscaleInfoProvider: () => null,
        });
        series.setData(line.points);
      }
    }
  }

  private draw(): void {
    const { bars, rows, timeframe, compared } = this.drawing;
    const all = candles(bars, timeframe);
    if (this.forming) all.push(this.forming);
    this.drawn = this.look.style === "heikin-ashi" ? heikinAshi(all) : all;
    this.price.setData(this.drawn.map((candle) => this.point(candle)) as never);
    this.volume?.setData(all.map((candle) => ({ time: candle.time, value: candle.volume, color: shade(candle) })));
    for (const column of this.columns) column.series.setData(columnPoints(rows, bars, column.name, timeframe));
    if (compared && this.compared)
      this.compared.setData(candles(compared.bars, timeframe).map((candle) => ({ time: candle.time, value: candle.close })));
    this.markers.setMarkers(markers(this.drawing, this.look));
    this.tell();
  }

  private point(candle: Candle): Candle | { time: Time; value: number } {
    return this.look.style === "line" ? { time: candle.time, value: candle.close } : candle;
  }

  private drawForming(): void {
    const { bars, timeframe } = this.drawing;
    if (!this.last) return;
    const next = formingCandle(this.forming, bars.at(-1), this.last, timeframe);
    if (!next) return;
    const shown =
      this.look.style === "heikin-ashi"
        ? heikinAshiOf(
            next,
            this.drawn.findLast((candle) => sortKey(candle.time) < sortKey(next.time)),
          )
        : next;
    this.forming = next;
    this.price.update(this.point(shown) as never);
    if (next.volume) this.volume?.update({ time: next.time, value: next.volume, color: shade(next) });
    this.tell();
  }

  private tell(): void {
    this.onHover({ time: this.hoveredTime, forming: this.forming });
  }
}

function shade(candle: Candle): string {
  return colour(candle.close >= candle.open ? "up-faint" : "down-faint");
}
