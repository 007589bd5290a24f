// A read that is repeated with growing delays until it succeeds. One runs at a time.
const FIRST_DELAY = 500;
const MAX_DELAY = 30_000;

// The delay doubles with each failure up to `longest`; jitter spreads the retries of many pages.
export function backoff(tries: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(tries, 16)) * (0.7 + 0.6 * Math.random());
}

export class RepeatedRead {
  error: Error | null = null; // of the last try
  private running: AbortController | null = null;
  private requested = false;
  private tries = 0;
  private timer = 0;

  constructor(
    private readonly read: (cancelled: AbortSignal) => Promise<void>,
    private readonly onEnd: (error: Error | null) => void = () => undefined,
  ) {}

  // Read the present data. A read that is running may miss it and is followed by another one.
  request(): void {
    if (this.running) this.requested = true;
    else if (!this.timer) void this.run();
  }

  // Cancel the running read or the delay, and read now.
  restart(): void {
    this.running?.abort();
    this.tries = 0;
    void this.run();
  }

  // Cancel the running read or the delay; nothing is read until the next request.
  stop(): void {
    this.running?.abort();
    this.running = null;
    clearTimeout(this.timer);
    this.timer = 0;
  }

  private async run(): Promise<void> {
    const current = new AbortController();
    this.running = current;
    clearTimeout(this.timer);
    this.timer = 0;
    this.requested = false;
    let failure: Error | null = null;
    try {
      await this.read(current.signal);
    } catch (error) {
      failure = error as Error;
    }
    if (this.running !== current) return;
    this.running = null;
    this.error = failure;
    this.onEnd(failure);
    if (this.running) return; // `onEnd` started another one
    if (failure) this.timer = window.setTimeout(() => void this.run(), backoff(this.tries++, FIRST_DELAY, MAX_DELAY));
    else {
      this.tries = 0;
      if (this.requested) void this.run();
    }
  }
}
