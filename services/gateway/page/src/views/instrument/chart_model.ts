// What the chart of one instrument reads: bars and indicator rows first, then patterns, corporate actions and the compared instrument.
import { effect, signal } from "@preact/signals";
import { api } from "../../data/api";
import { MAX_SIGNALS } from "../../data/market";
import { isDark, preferences } from "../../data/preferences";
import { RepeatedRead } from "../../data/repeated_read";
import type { Session } from "../../data/session";
import { MAX_STORIES, withStory } from "../../data/stories";
import type { Bar, DataMessage, Story, Timeframe } from "../../data/types";
import { continues, isIntraday } from "./candles";
import { Chart, type Hovered } from "./chart/chart";
import { type Drawing, type Look, NOTHING } from "./chart/drawing";
import { ComputedColumns } from "./computed_columns";
import { corporateActions } from "./corporate_actions";
import { comparedName, industryIndex, industryMembers } from "./industry_index";

const BARS = 500;
const NEWEST_BARS = 20;
const ROW_DELAY_MS = 1500; // a bar's indicator row arrives after the bar

export type Note = { kind: "failed"; error: Error } | { kind: "empty" } | null;

export function currentLook(): Look {
  const { style, log, volume, signals, patterns, actions, stories, indicators } = preferences;
  return {
    style: style.value,
    log: log.value,
    volume: volume.value,
    signals: signals.value,
    patterns: patterns.value,
    actions: actions.value,
    stories: stories.value,
    indicators: indicators.value,
  };
}

export class ChartModel {
  readonly drawing = signal<Drawing>(NOTHING);
  readonly hovered = signal<Hovered>({ time: null, forming: null });
  readonly note = signal<Note>(null);
  readonly shows = signal(""); // the symbol and timeframe on the chart
  readonly isBusy = signal(false);
  readonly level = signal<number | null>(null);
  readonly isPicking = signal(false); // a click on the chart sets the level
  readonly compareWith = signal<string | null>(null);
  readonly compareError = signal<Error | null>(null);
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
  private readonly comparison = new RepeatedRead(
    (cancelled) => this.readCompared(cancelled),
    (error) => {
      this.compareError.value = error;
    },
  );

  constructor(
    private readonly session: Session,
    readonly symbol: string,
    readonly timeframe: Timeframe,
  ) {
    this.computed = new ComputedColumns(symbol, timeframe, BARS, (canonical) => this.onComputed(canonical));
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
      (picked) => this.isPicking.peek() && this.setLevel(picked),
    );
    let isFirst = true;
    this.endings.push(
      effect(() => {
        const look = currentLook();
        void [preferences.language.value, isDark.value, preferences.colours.value, preferences.zone.value];
        if (!isFirst) requestAnimationFrame(() => this.chart?.paint(look)); // after the style of the page has changed
        isFirst = false;
      }),
      effect(() => {
        const running = this.columns.value;
        if (running.length) this.computed.want(preferences.indicators.value.filter((name) => !running.includes(name)));
      }),
      effect(() => {
        if (this.compareWith.value === null) this.onCompared(null);
        else this.comparison.restart();
      }),
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

  setLevel(level: number | null): void {
    this.level.value = level;
    this.chart?.showLevel(level);
  }

  private get series(): string {
    return `${this.symbol} ${this.timeframe}`;
  }

  // Read the newest bars where they continue those on the chart, else all.
  private async readBars(cancelled: AbortSignal): Promise<void> {
    const { symbol, timeframe } = this;
    const read = (limit: number) =>
      Promise.all([api.bars(symbol, timeframe, limit, cancelled), api.indicators(symbol, timeframe, limit, cancelled)]);
    if (this.shows.peek() === this.series) {
      const [newest, rows] = await read(NEWEST_BARS);
      if (!this.chart) return;
      if (continues(this.chart.drawing.bars, newest.results)) {
        this.chart.addClosedBars(newest.results, rows.results);
        this.drawing.value = this.chart.drawing;
        if (newest.results.length) this.note.value = null;
        this.computed.request();
        return;
      }
    }
    this.isBusy.value = true;
    const [[all, rows], signals] = await Promise.all([read(BARS), api.signals({ symbol, timeframe, limit: MAX_SIGNALS }, cancelled)]);
    if (!this.chart) return;
    const shown = new Map(signals.results.map((each) => [each.id, each]));
    for (const each of this.session.market.signals.peek())
      if (each.symbol === symbol && each.timeframe === timeframe) shown.set(each.id, each);
    const { patterns, actions, stories, compared } = this.chart.drawing;
    const instrument = this.session.market.instrument(symbol);
    const drawing = {
      symbol,
      timeframe,
      instrument,
      bars: all.results,
      rows: this.computed.addTo(rows.results),
      signals: [...shown.values()],
      patterns,
      actions,
      stories,
      compared,
    };
    this.columns.value = Object.keys(rows.results.at(-1)?.values ?? {});
    this.chart.show(drawing, this.session.market.quote(symbol).peek());
    this.drawing.value = drawing;
    this.shows.value = this.series;
    this.note.value = all.results.length ? null : { kind: "empty" };
    this.extras.request();
  }

  private onBarsRead(error: Error | null): void {
    if (error && this.shows.peek() !== this.series) this.note.value = { kind: "failed", error };
    this.isBusy.value = false;
    this.session.viewError.value = error;
  }

  private async readExtras(cancelled: AbortSignal): Promise<void> {
    const { symbol, timeframe } = this;
    const wantsActions = !isIntraday(timeframe);
    const [patterns, stories, raw] = await Promise.all([
      api.patterns(symbol, timeframe, 50, cancelled),
      api.news({ symbol, limit: MAX_STORIES }, cancelled),
      wantsActions ? api.bars(symbol, timeframe, BARS, cancelled, "raw") : null,
    ]);
    if (!this.chart) return;
    const actions = raw ? corporateActions(raw.results, this.chart.drawing.bars) : [];
    this.chart.add({ patterns: patterns.results, actions });
    this.addStories(stories.results);
  }

  // What was computed is drawn, and chosen under the name by which it is answered.
  private onComputed(canonical: ReadonlyMap<string, string>): void {
    if (!this.chart) return;
    this.chart.add({ rows: this.computed.addTo(this.chart.drawing.rows) });
    this.drawing.value = this.chart.drawing;
    const chosen = preferences.indicators.peek();
    const named = [...new Set(chosen.map((name) => canonical.get(name) ?? name))];
    if (named.join() !== chosen.join()) preferences.indicators.value = named;
  }

  private addStories(found: readonly Story[]): void {
    if (!this.chart) return;
    this.chart.add({ stories: found.reduce(withStory, this.chart.drawing.stories) });
    this.drawing.value = this.chart.drawing;
  }

  private async readCompared(cancelled: AbortSignal): Promise<void> {
    const symbol = this.compareWith.peek();
    if (symbol === null) return;
    const { market } = this.session;
    const members = industryMembers(market, symbol, this.symbol);
    const read = (each: string) => api.bars(each, this.timeframe, BARS, cancelled).then(({ results }) => results);
    const bars = members ? industryIndex(await Promise.all(members.map(read)), this.timeframe) : await read(symbol);
    if (!cancelled.aborted) this.onCompared({ name: members ? comparedName(market, symbol) : symbol, bars });
  }

  private onCompared(compared: { name: string; bars: Bar[] } | null): void {
    if (!this.chart || (!compared && !this.chart.drawing.compared)) return;
    this.chart.add({ compared });
    this.drawing.value = this.chart.drawing;
  }

  private onMessage(message: DataMessage): void {
    if (message.T === "n" && message.symbols.includes(this.symbol)) this.addStories([message]);
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
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.bars.request(), ROW_DELAY_MS);
  }
}
