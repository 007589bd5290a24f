// A screen that runs, is cancelled, and is made again while its results are seen, so that they follow the newest bars.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Screen, type Screening, screen } from "./screening";

const AGAIN_MS = 20_000;

export interface RunningScreen {
  found: Screening | null;
  error: Error | null;
  isRunning: boolean;
  run: (wanted: Screen) => void;
  cancel: () => void;
  forget: () => void;
}

export function useRunningScreen(): RunningScreen {
  const [found, setFound] = useState<Screening | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef<AbortController | null>(null);
  const latest = useRef<Screen | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const run = (wanted: Screen) => {
    running.current?.abort();
    const request = new AbortController();
    running.current = request;
    latest.current = wanted;
    setError(null);
    screen(wanted, request.signal, setFound).catch((reason: Error) => {
      if (!request.signal.aborted) setError(reason);
    });
  };
  const isLive = found !== null && !found.isByHistory;
  useEffect(() => {
    if (!isLive) return;
    const again = () => latest.current && document.visibilityState === "visible" && run(latest.current);
    const timer = setInterval(again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  const cancel = () => {
    running.current?.abort();
    setFound((before) => before && { ...before, total: before.evaluated });
  };
  const forget = () => {
    running.current?.abort();
    latest.current = null;
    setFound(null);
  };
  const isRunning = found !== null && found.evaluated < found.total && !found.unanswered && !error;
  return { found, error, isRunning, run, cancel, forget };
}
