// The price level of an alert: picked by a click on the chart, or written.
import { signal } from "@preact/signals";

export class PickedLevel {
  readonly price = signal<number | null>(null);
  readonly isOpen = signal(false); // a click on the chart sets the level

  constructor(private readonly draw: (level: number | null) => void) {}

  set(level: number | null): void {
    this.price.value = level;
    this.draw(level);
  }

  onClick(price: number): void {
    if (this.isOpen.peek()) this.set(price);
  }

  flip(): void {
    this.isOpen.value = !this.isOpen.peek();
    if (!this.isOpen.peek()) this.set(null);
  }
}
