// When a broken connection is opened again: after a delay that grows, or at once when the device is online or the page seen again.
import { backoff } from "./repeated_read";

const FIRST_DELAY = 500;
const MAX_DELAY = 15_000;

export class Reconnection {
  private tries = 0;
  private timer = 0;

  constructor(private readonly open: () => void) {}

  follow(isBroken: () => boolean): void {
    const now = () => {
      if (!isBroken()) return;
      clearTimeout(this.timer);
      this.open();
    };
    addEventListener("online", now);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  }

  succeed(): void {
    this.tries = 0;
  }

  // Returns when the next try is, in milliseconds.
  wait(): number {
    const delay = backoff(this.tries, FIRST_DELAY, MAX_DELAY);
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.open, delay);
    return Date.now() + delay;
  }
}
