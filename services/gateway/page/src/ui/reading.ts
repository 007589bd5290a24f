// What a view reads once and again on demand: the value, the error, and whether a read is under way.
import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { RepeatedRead } from "../data/repeated_read";

export interface Reading<T> {
  value: T | null;
  error: Error | null;
  isBusy: boolean;
  again: () => void;
}

// The read is repeated until it succeeds, and starts again when one of `inputs` changes. It ends with the component.
export function useReading<T>(read: (cancelled: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Reading<T> {
  const state = useMemo(() => {
    const held: Signal<{ value: T | null; error: Error | null; isBusy: boolean }> = signal({ value: null, error: null, isBusy: true });
    const repeated = new RepeatedRead(
      async (cancelled) => {
        held.value = { ...held.peek(), isBusy: true };
        const value = await read(cancelled);
        if (!cancelled.aborted) held.value = { value, error: null, isBusy: false };
      },
      (error) => {
        if (error) held.value = { ...held.peek(), error, isBusy: false };
      },
    );
    return { held, repeated };
  }, inputs);
  useEffect(() => {
    state.repeated.request();
    return () => state.repeated.stop();
  }, [state]);
  return { ...state.held.value, again: () => state.repeated.restart() };
}
