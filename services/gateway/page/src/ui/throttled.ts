// A view of many quotes is drawn at most every so often, not with each of them.
import { effect, type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export function useThrottled(changes: ReadonlySignal<number>, milliseconds: number): number {
  const shown = useSignal(changes.peek());
  useEffect(() => {
    let timer = 0;
    const end = effect(() => {
      const now = changes.value;
      if (timer || now === shown.peek()) return;
      timer = window.setTimeout(() => {
        timer = 0;
        shown.value = changes.peek();
      }, milliseconds);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [changes, milliseconds, shown]);
  return shown.value;
}
