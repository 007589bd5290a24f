// What an instrument is compared with: another one, or the mean of an industry's members.
import { effect, signal, untracked } from "@preact/signals";
import { api } from "../../data/api";
import { RepeatedRead } from "../../data/repeated_read";
import type { Session } from "../../data/session";
import type { Bar, Timeframe } from "../../data/types";
import { comparedName, industryIndex, industryMembers } from "./industry_index";

export type Compared = { name: string; bars: Bar[] } | null;

export class Comparison {
  readonly chosen = signal<string | null>(null);
  readonly error = signal<Error | null>(null);
  readonly bars = signal<number | null>(null); // null until they are read
  private readonly reading = new RepeatedRead(
    (cancelled) => this.read(cancelled),
    (error) => {
      this.error.value = error;
    },
  );

  constructor(
    private readonly session: Session,
    private readonly symbol: string,
    private readonly timeframe: Timeframe,
    private readonly limit: number,
    private readonly show: (compared: Compared) => void,
  ) {}

  // Follow the choice. Returns what ends it.
  start(): () => void {
    return effect(() => {
      const chosen = this.chosen.value;
      this.bars.value = null;
      this.error.value = null;
      untracked(() => this.show(null));
      if (chosen === null) this.reading.stop();
      else this.reading.restart();
    });
  }

  // Read it again: a bar has closed.
  request(): void {
    if (this.chosen.peek() !== null) this.reading.request();
  }

  stop(): void {
    this.reading.stop();
  }

  private async read(cancelled: AbortSignal): Promise<void> {
    const chosen = this.chosen.peek();
    if (chosen === null) return;
    const { market } = this.session;
    const members = industryMembers(market, chosen, this.symbol);
    const read = (each: string) => api.bars(each, this.timeframe, this.limit, cancelled).then(({ results }) => results);
    const bars = members ? industryIndex(await Promise.all(members.map(read)), this.timeframe) : await read(chosen);
    if (cancelled.aborted) return;
    this.bars.value = bars.length;
    this.show(bars.length ? { name: members ? comparedName(market, chosen) : chosen, bars } : null);
  }
}
