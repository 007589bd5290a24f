// Rows of the owner of the key: read again from time to time, and shown changed at once while a change is on its way.
import { signal } from "@preact/signals";
import type { Tagged } from "./own_api";
import { RepeatedRead } from "./repeated_read";

export class OwnedList<T> {
  readonly rows = signal<readonly T[] | null>(null); // null: not read
  readonly error = signal<Error | null>(null);
  etag = "";
  private changes = 0; // on their way
  private readonly reads: RepeatedRead;

  constructor(read: (etag: string, cancelled: AbortSignal) => Promise<Tagged<T> | null>) {
    this.reads = new RepeatedRead(
      async (cancelled) => {
        const found = await read(this.etag, cancelled);
        if (!found || cancelled.aborted) return;
        this.etag = found.etag;
        this.rows.value = found.results;
      },
      (error) => {
        this.error.value = error;
      },
    );
  }

  read(): void {
    if (!this.changes) this.reads.request();
  }

  again(): void {
    if (!this.changes) this.reads.restart();
  }

  // Rows of another owner are never shown.
  forget(): void {
    this.reads.stop();
    this.etag = "";
    this.rows.value = null;
    this.error.value = null;
  }

  // Show the rows as they will be, and send the change. After it, and after its failure, they are as the gateway says.
  async change(after: (rows: readonly T[]) => readonly T[], send: () => Promise<unknown>): Promise<void> {
    const before = this.rows.peek();
    this.reads.stop();
    this.changes += 1;
    this.rows.value = after(before ?? []);
    try {
      await send();
    } catch (error) {
      this.rows.value = before;
      throw error;
    } finally {
      this.changes -= 1;
      this.etag = "";
      this.again();
    }
  }
}
