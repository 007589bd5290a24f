// The series of a chart: price, volume, indicator columns over the price and in panes, a compared instrument, patterns, marks.
import {
  CandlestickSeries,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type SeriesType,
  type Time,
} from "lightweight-charts";
import { scale } from "../../../i18n/format";
import { type Candle, candles, columnPoints } from "../candles";
import { isOverPrice, paneOf } from "../columns";
import type { Drawing, Look } from "./drawing";
import { markers } from "./markers";
import { colour } from "./options";
import { patternLines, shownPatterns } from "./pattern_lines";

const LINES = 6; // colours of lines in the style
const PANE_HEIGHT = 0.28; // of the price's
const QUIET = { lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false } as const;

interface Column {
  name: string;
  series: ISeriesApi<"Line"> | ISeriesApi<"Histogram">;
}

export class Layers {
  readonly price: ISeriesApi<"Candlestick"> | ISeriesApi<"Line">;
  private readonly all: ISeriesApi<SeriesType>[] = [];
  private readonly volume: ISeriesApi<"Histogram"> | null;
  private readonly columns: Column[];
  private readonly compared: ISeriesApi<"Line"> | null;
  private readonly markers: ISeriesMarkersPluginApi<Time>;

  constructor(
    private readonly chart: IChartApi,
    drawing: Drawing,
    private readonly look: Look,
    near: number, // a price: the axis has its decimals
  ) {
    this.volume = look.volume && hasVolume(drawing) ? this.addVolume() : null;
    this.columns = this.addColumns(drawing);
    this.price = this.addPrice();
    this.markers = createSeriesMarkers<Time>(this.price as ISeriesApi<SeriesType>, []);
    this.compared = drawing.compared
      ? this.addLine({ color: colour("line-4"), lineWidth: 2, lastValueVisible: true, title: drawing.compared.name })
      : null;
    if (look.patterns && !drawing.compared) this.addPatterns(drawing);
    // The axis uses the format of the series that was added first: all of the price's pane get the same format.
    const priceFormat = { type: "custom", ...scale(near, drawing.instrument) } as const;
    for (const series of this.all) if (series !== this.volume && series.getPane().paneIndex() === 0) series.applyOptions({ priceFormat });
  }

  remove(): void {
    for (const series of this.all) this.chart.removeSeries(series);
    while (this.chart.panes().length > 1) this.chart.removePane(this.chart.panes().length - 1);
  }

  draw(drawing: Drawing, all: readonly Candle[], shown: readonly Candle[]): void {
    const { bars, rows, timeframe, compared } = drawing;
    this.price.setData(shown.map((candle) => this.point(candle)) as never);
    this.volume?.setData(all.map((candle) => ({ time: candle.time, value: candle.volume, color: shade(candle) })));
    for (const column of this.columns) column.series.setData(columnPoints(rows, bars, column.name, timeframe));
    if (compared) this.compared?.setData(candles(compared.bars, timeframe).map(({ time, close }) => ({ time, value: close })));
    this.mark(drawing);
  }

  mark(drawing: Drawing): void {
    this.markers.setMarkers(markers(drawing, this.look));
  }

  update(candle: Candle, shown: Candle): void {
    this.price.update(this.point(shown) as never);
    if (candle.volume) this.volume?.update({ time: candle.time, value: candle.volume, color: shade(candle) });
  }

  private point(candle: Candle): Candle | { time: Time; value: number } {
    return this.look.style === "line" ? { time: candle.time, value: candle.close } : candle;
  }

  private keep<T extends ISeriesApi<SeriesType>>(series: T): T {
    this.all.push(series);
    return series;
  }

  private addLine(options: Parameters<ISeriesApi<"Line">["applyOptions"]>[0], pane = 0): ISeriesApi<"Line"> {
    return this.keep(this.chart.addSeries(LineSeries, { lineWidth: 1, ...QUIET, ...options }, pane));
  }

  private addVolume(): ISeriesApi<"Histogram"> {
    const quiet = { lastValueVisible: false, priceLineVisible: false };
    const series = this.chart.addSeries(HistogramSeries, { priceScaleId: "volume", priceFormat: { type: "volume" }, ...quiet });
    this.chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    return this.keep(series);
  }

  private addColumns(drawing: Drawing): Column[] {
    const panes: string[] = [];
    return this.look.indicators.flatMap((name, i) => {
      const color = colour(`line-${(i % LINES) + 1}`);
      // In percent each line begins at 0: an average would cross the price where it does not.
      if (isOverPrice(name) && drawing.compared) return [];
      if (isOverPrice(name)) return { name, series: this.addLine({ color }) };
      if (!panes.includes(paneOf(name))) panes.push(paneOf(name));
      const pane = panes.indexOf(paneOf(name)) + 1;
      const series = name.includes("hist")
        ? this.keep(this.chart.addSeries(HistogramSeries, { color, priceLineVisible: false, lastValueVisible: false }, pane))
        : this.addLine({ color }, pane);
      this.chart.panes()[pane]?.setStretchFactor(PANE_HEIGHT);
      return { name, series };
    });
  }

  private addPrice(): ISeriesApi<"Candlestick"> | ISeriesApi<"Line"> {
    const line = { lineWidth: 2, lastValueVisible: true, priceLineVisible: true, crosshairMarkerVisible: true } as const;
    if (this.look.style === "line") return this.addLine({ color: colour("accent"), ...line });
    const [up, down] = [colour("up"), colour("down")];
    const colours = { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down };
    return this.keep(this.chart.addSeries(CandlestickSeries, { borderVisible: false, ...colours }));
  }

  private addPatterns({ bars, patterns, timeframe }: Drawing): void {
    for (const pattern of shownPatterns(patterns)) {
      for (const { isShape, points } of patternLines(pattern, bars, timeframe)) {
        const stroke = { lineWidth: isShape ? 2 : 1, lineStyle: isShape ? LineStyle.Solid : LineStyle.Dashed } as const;
        this.addLine({ color: colour("line-5"), ...stroke, autoscaleInfoProvider: () => null }).setData(points);
      }
    }
  }
}

// Indices and currencies have none.
function hasVolume({ bars }: Drawing): boolean {
  return !bars.length || bars.some((bar) => bar.volume > 0);
}

function shade(candle: Candle): string {
  return colour(candle.close >= candle.open ? "up-faint" : "down-faint");
}
