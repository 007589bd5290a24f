// What the chart of one instrument reads: bars and indicator rows first, then patterns, corporate actions and the compared instrument.
import { effect, signal } from "@preact/signals";
import { preferences } from "../../data/preferences";
import { RepeatedRead } from "../../data/repeated_read";
import type { Session } from "../../data/session";
import { withStory } from "../../data/stories";
import type { DataMessage, Story, Timeframe } from "../../data/types";
import { continues } from "./candles";
import { Chart, type Hovered } from "./chart/chart";
import { type Drawing, NOTHING } from "./chart/drawing";
import { currentLook, followLook } from "./chart/look";
import { BARS, readAll, readNewest } from "./chart_reads";
import { type Compared, Comparison } from "./comparison";
import { ComputedColumns } from "./computed_columns";
import { corporateActions } from "./corporate_actions";
import { readExtras } from "./extras";
import { PickedLevel } from "./picked_level";

const ROW_DELAY_MS = 1500; // a bar's indicator row arrives after the bar

export type Note = { kind: "failed"; error: Error } | { kind: "empty" } | null;

export class ChartModel {
  readonly drawing = signal<Drawing>(NOTHING);
  readonly hovered = signal<Hovered>({ time: null, forming: null });
  readonly note = signal<Note>(null);
  readonly shows = signal(""); // the symbol and timeframe on the chart
  readonly isBusy = signal(false);
  readonly level = new PickedLevel((level) => this.chart?.showLevel(level));
  readonly columns = signal<readonly string[]>([]); // of the indicator rows
  private chart: Chart | null = null;
  private timer = 0;
  private readonly endings: (() => void)[];
  private readonly bars = new RepeatedRead(
    (cancelled) => this.readBars(cancelled),
    (error) => this.onBarsRead(error),
  );
  readonly computed: ComputedColumns;
  private readonly extras = new RepeatedRead((cancelled) => this.readExtras(cancelled));
  readonly comparison: Comparison;

  constructor(
    private readonly session: Session,
    readonly symbol: string,
    readonly timeframe: Timeframe,
  ) {
    this.computed = new ComputedColumns(symbol, timeframe, BARS, () => this.onComputed());
    this.comparison = new Comparison(session, symbol, timeframe, BARS, (compared) => this.onCompared(compared));
    this.endings = [
      session.listen(
        (message) => this.onMessage(message),
        () => this.bars.request(),
      ),
    ];
  }

  attach(container: HTMLElement): void {
    this.chart = new Chart(
      container,
      currentLook(),
      (hovered) => {
        this.hovered.value = hovered;
      },
      (price) => this.level.onClick(price),
    );
    this.endings.push(
      followLook((look) => this.chart?.paint(look)),
      effect(() => {
        const running = this.columns.value;
        if (running.length) this.computed.want(preferences.indicators.value.filter((name) => !running.includes(name)));
      }),
      this.comparison.start(),
    );
    this.bars.request();
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const end of this.endings) end();
    for (const read of [this.bars, this.extras, this.comparison, this.computed]) read.stop();
    this.session.viewError.value = null;
    this.chart?.dispose();
    this.chart = null;
  }

  retry(): void {
    this.bars.restart();
  }

  private get series(): string {
    return `${this.symbol} ${this.timeframe}`;
  }

  // Read the newest bars where they continue those on the chart, else all.
  private async readBars(cancelled: AbortSignal): Promise<void> {
    const { symbol, timeframe } = this;
    if (this.shows.peek() === this.series) {
      const { bars, rows } = await readNewest(symbol, timeframe, cancelled);
      if (!this.chart) return;
      if (continues(this.chart.drawing.bars, bars)) {
        this.chart.addClosedBars(bars, rows);
        this.drawing.value = this.chart.drawing;
        if (bars.length) this.note.value = null;
        this.computed.request();
        return;
      }
    }
    this.isBusy.value = true;
    const { market } = this.session;
    const { bars, rows, signals } = await readAll(market, symbol, timeframe, cancelled);
    if (!this.chart) return;
    const read = { symbol, timeframe, instrument: market.instrument(symbol), bars, rows: this.computed.addTo(rows), signals };
    const drawing = { ...this.chart.drawing, ...read };
    this.columns.value = Object.keys(rows.at(-1)?.values ?? {});
    this.chart.show(drawing, market.quote(symbol).peek());
    this.drawing.value = drawing;
    this.shows.value = this.series;
    this.note.value = bars.length ? null : { kind: "empty" };
    this.extras.request();
  }

  private onBarsRead(error: Error | null): void {
    if (error && this.shows.peek() !== this.series) this.note.value = { kind: "failed", error };
    this.isBusy.value = false;
    this.session.viewError.value = error;
  }

  private async readExtras(cancelled: AbortSignal): Promise<void> {
    const { symbol, timeframe } = this;
    const { patterns, stories, raw } = await readExtras(symbol, timeframe, BARS, cancelled);
    if (!this.chart) return;
    const { bars, stories: before } = this.chart.drawing;
    this.chart.add({ patterns, actions: corporateActions(raw, bars), stories: stories.reduce(withStory, before) });
    this.drawing.value = this.chart.drawing;
  }

  private onComputed(): void {
    if (!this.chart) return;
    this.chart.add({ rows: this.computed.addTo(this.chart.drawing.rows) });
    this.drawing.value = this.chart.drawing;
  }

  private addStory(found: Story): void {
    if (!this.chart) return;
    this.chart.story(found);
    this.drawing.value = this.chart.drawing;
  }

  private onCompared(compared: Compared): void {
    if (!this.chart || (!compared && !this.chart.drawing.compared)) return;
    this.chart.add({ compared });
    this.drawing.value = this.chart.drawing;
  }

  private onMessage(message: DataMessage): void {
    if (message.T === "n" && message.symbols.includes(this.symbol)) this.addStory(message);
    if (message.T === "v" || message.T === "n" || message.symbol !== this.symbol) return;
    if (message.T === "q") {
      if (this.shows.peek() === this.series) this.chart?.quote(message);
    } else if (message.timeframe !== this.timeframe) return;
    else if (message.T === "b") this.readClosedBar();
    else if (this.shows.peek() === this.series && this.chart) {
      this.chart.signal(message);
      this.drawing.value = this.chart.drawing;
    }
  }

  // The stream has raw bars and the chart shows adjusted ones: the newest bars are read by REST.
  private readClosedBar(): void {
    this.bars.request();
    this.comparison.request();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.bars.request(), ROW_DELAY_MS);
  }
}
