// Whose key this browser has: its scopes, and whether it is linked to a chat.
import { computed, effect, signal } from "@preact/signals";
import { isRefused, key } from "./key";
import { own } from "./own_api";
import { RepeatedRead } from "./repeated_read";
import type { KeyView } from "./types";

export class Account {
  readonly view = signal<KeyView | null>(null);
  readonly error = signal<Error | null>(null);
  readonly hasKey = computed(() => key.value !== null && !isRefused.value);
  // Changes with the rows that belong to the key: those of its owner, or those of the linked chat.
  readonly owner = computed(() => (this.view.value ? `${this.view.value.id} ${this.view.value.linked}` : null));
  readonly canWrite = computed(() => this.view.value?.scopes.some((each) => each === "write" || each === "admin") ?? false);
  private readonly reads = new RepeatedRead(
    async (cancelled) => {
      const found = (await own.key(cancelled)).results[0] ?? null;
      if (!cancelled.aborted) this.view.value = found;
    },
    (error) => {
      this.error.value = error;
    },
  );

  start(): void {
    effect(() => {
      void key.value;
      this.reads.stop();
      this.view.value = null;
      this.error.value = null;
      if (this.hasKey.value) this.reads.request();
    });
  }

  refresh(): void {
    if (this.hasKey.peek()) this.reads.request();
  }
}
