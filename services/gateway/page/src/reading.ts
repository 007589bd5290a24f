// A reading that must succeed: tried again with growing pauses until it does, one at a time.
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

// Doubles with each failure up to `longest`; many pages that failed together do not come back together.
export function pause(tries: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(tries, 16)) * (0.7 + 0.6 * Math.random());
}

export class Reading {
  error: Error | null = null; // why the last try failed
  private running: AbortController | null = null;
  private wanted = false;
  private tries = 0;
  private timer = 0;

  constructor(
    private readonly read: (cancelled: AbortSignal) => Promise<void>,
    private readonly ended: (error: Error | null) => void = () => undefined,
  ) {}

  // Read what is there from now on: a reading that runs may have begun too early and is followed by another one.
  want(): void {
    if (this.running) this.wanted = true;
    else if (!this.timer) void this.run();
  }

  // What is being read is no longer what is wanted, or the next try is due at once.
  restart(): void {
    this.running?.abort();
    this.tries = 0;
    void this.run();
  }

  private async run(): Promise<void> {
    const mine = (this.running = new AbortController());
    clearTimeout(this.timer);
    this.timer = 0;
    this.wanted = false;
    let failed: Error | null = null;
    try {
      await this.read(mine.signal);
    } catch (error) {
      failed = error as Error;
    }
    if (this.running !== mine) return;
    this.running = null;
    this.error = failed;
    this.ended(failed);
    if (this.running) return; // `ended` began another one
    if (failed) this.timer = window.setTimeout(() => void this.run(), pause(this.tries++, FIRST_PAUSE, LONGEST_PAUSE));
    else {
      this.tries = 0;
      if (this.wanted) void this.run();
    }
  }
}
