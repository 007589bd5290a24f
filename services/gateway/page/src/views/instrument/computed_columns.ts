// Columns that analysis does not compute for each bar: the gateway has them computed from the stored bars on request.
import { signal } from "@preact/signals";
import { ApiError, api } from "../../data/api";
import { preferences } from "../../data/preferences";
import { RepeatedRead } from "../../data/repeated_read";
import type { Indicators, Timeframe } from "../../data/types";

type Values = Indicators["values"];

export class ComputedColumns {
  readonly error = signal<Error | null>(null);
  private wanted: readonly string[] = [];
  private values: ReadonlyMap<string, Values> = new Map(); // by the date of their bar
  private readonly reads: RepeatedRead;

  constructor(symbol: string, timeframe: Timeframe, limit: number, onRead: () => void) {
    this.reads = new RepeatedRead(
      async (cancelled) => {
        const asked = this.wanted;
        const { results } = await api.indicators(symbol, timeframe, limit, cancelled, asked).catch(refusal);
        if (cancelled.aborted) return;
        this.values = new Map(results.map((row) => [row.date, row.values]));
        const named = Object.keys(results.at(-1)?.values ?? {});
        onRead();
        if (named.length === asked.length) choose(new Map(asked.map((name, i) => [name, named[i] ?? name])));
      },
      (error) => {
        this.error.value = error ?? this.refused ?? this.unknown;
      },
    );
    const refusal = (error: Error): { results: Indicators[] } => {
      if (!(error instanceof ApiError) || error.status >= 500) throw error; // it may be answered later
      const column = String(error.problem.value);
      if (this.wanted.includes(column)) {
        this.unknown = error;
        leaveOut(column); // the others are read without it
      } else this.refused = error;
      return { results: [] };
    };
  }

  private refused: Error | null = null; // asking again would not help
  private unknown: Error | null = null; // about a column that does not exist

  want(columns: readonly string[]): void {
    if (columns.join() === this.wanted.join()) return;
    if (columns.some((name) => !this.wanted.includes(name))) this.unknown = null;
    this.wanted = columns;
    this.refused = null;
    this.error.value = this.unknown;
    if (columns.length) this.reads.restart();
    else this.reads.stop();
  }

  request(): void {
    if (this.wanted.length && !this.refused) this.reads.request();
  }

  stop(): void {
    this.reads.stop();
  }

  // The rows with the values that were computed for their bars.
  addTo(rows: readonly Indicators[]): Indicators[] {
    return rows.map((row) => {
      const more = this.values.get(row.date);
      return more ? { ...row, values: { ...more, ...row.values } } : row;
    });
  }
}

function leaveOut(column: string): void {
  preferences.indicators.value = preferences.indicators.peek().filter((name) => name !== column);
}

// What was computed is chosen under the name by which it is answered.
function choose(canonical: ReadonlyMap<string, string>): void {
  const chosen = preferences.indicators.peek();
  const named = [...new Set(chosen.map((name) => canonical.get(name) ?? name))];
  if (named.join() !== chosen.join()) preferences.indicators.value = named;
}
