// The chart of one instrument: its layers, the forming bar, the level of an alert, and what is under the pointer.
import { createChart, type IChartApi, type IPriceLine, LineStyle, PriceScaleMode, type Time } from "lightweight-charts";
import { withStory } from "../../../data/stories";
import type { Bar, Indicators, Quote, Signal, Story } from "../../../data/types";
import { barTime, type Candle, candles, formingCandle, heikinAshi, heikinAshiOf, sortKey, withNewest } from "../candles";
import { type Drawing, type Look, NOTHING } from "./drawing";
import { Layers } from "./layers";
import { chartOptions, colour } from "./options";

const VISIBLE_BARS = 120;
const DRAW_MS = 100; // between two states of the forming bar: nobody sees more, and each is drawn by the main thread

export interface Hovered {
  time: Time | null;
  forming: Candle | null;
}

export class Chart {
  drawing: Drawing = NOTHING;
  private readonly chart: IChartApi;
  private layers: Layers | null = null;
  private levelLine: IPriceLine | null = null;
  private level: number | null = null;
  private drawn: Candle[] = [];
  private forming: Candle | null = null;
  private last: Quote | null = null;
  private timer = 0;
  private hoveredTime: Time | null = null;

  constructor(
    private readonly container: HTMLElement,
    private look: Look,
    private readonly onHover: (hovered: Hovered) => void,
    onPick: (price: number) => void,
  ) {
    this.chart = createChart(container, { autoSize: true });
    this.build();
    this.chart.subscribeCrosshairMove((at) => {
      this.hoveredTime = at.time ?? null;
      this.tell();
    });
    this.chart.subscribeClick((at) => {
      const picked = at.point && (at.paneIndex ?? 0) === 0 ? this.layers?.price.coordinateToPrice(at.point.y) : null;
      if (picked !== null && picked !== undefined) onPick(picked);
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
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
    this.layers?.mark(this.drawing);
  }

  story(story: Story): void {
    this.drawing = { ...this.drawing, stories: withStory(this.drawing.stories, story) };
    this.layers?.mark(this.drawing);
  }

  // Quotes arrive faster than anybody sees: the newest is drawn after a moment.
  quote(quote: Quote): void {
    this.last = quote;
    if (this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.drawForming();
    }, DRAW_MS);
  }

  showLevel(level: number | null): void {
    this.level = level;
    const price = this.layers?.price;
    if (this.levelLine) price?.removePriceLine(this.levelLine);
    const line = { color: colour("accent"), lineWidth: 1, lineStyle: LineStyle.Dashed, axisLabelVisible: true, title: "" } as const;
    this.levelLine = level === null ? null : (price?.createPriceLine({ price: level, ...line }) ?? null);
  }

  private get mode(): PriceScaleMode {
    if (this.drawing.compared) return PriceScaleMode.Percentage;
    return this.look.log ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
  }

  private build(): void {
    const { timeframe, instrument, bars } = this.drawing;
    this.layers?.remove();
    this.chart.applyOptions(chartOptions({ timeframe, instrument, width: this.container.clientWidth, mode: this.mode }));
    this.layers = new Layers(this.chart, this.drawing, this.look, bars.at(-1)?.close ?? this.last?.last_price ?? 1);
    this.levelLine = null;
    this.showLevel(this.level);
    this.draw();
  }

  private draw(): void {
    const all = candles(this.drawing.bars, this.drawing.timeframe);
    if (this.forming) all.push(this.forming);
    this.drawn = this.look.style === "heikin-ashi" ? heikinAshi(all) : all;
    this.layers?.draw(this.drawing, all, this.drawn);
    this.tell();
  }

  private drawForming(): void {
    const { bars, timeframe } = this.drawing;
    const next = this.last && formingCandle(this.forming, bars.at(-1), this.last, timeframe);
    if (!next) return;
    const before = () => this.drawn.findLast((candle) => sortKey(candle.time) < sortKey(next.time));
    this.forming = next;
    this.layers?.update(next, this.look.style === "heikin-ashi" ? heikinAshiOf(next, before()) : next);
    this.tell();
  }

  private tell(): void {
    this.onHover({ time: this.hoveredTime, forming: this.forming });
  }
}
