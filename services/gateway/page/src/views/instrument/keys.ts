// Keys of the instrument view: j and k go through the watchlist, [ and ] through the timeframes.
import { useLayoutEffect } from "preact/hooks";
import { isTyping } from "../../app/keyboard";
import { go } from "../../app/router";
import { preferences } from "../../data/preferences";
import { TIMEFRAMES } from "../../data/types";

export function useInstrumentKeys(symbols: string[], symbol: string | null): void {
  // before the paint: a key that follows at once starts from the instrument that is shown
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const step = { j: 1, k: -1 }[event.key];
      if (step) {
        const next = symbols[(symbols.indexOf(symbol ?? "") + step + symbols.length) % symbols.length];
        if (next) go("instrument", next);
      }
      const turn = { "]": 1, "[": -1 }[event.key];
      const timeframe = turn && TIMEFRAMES[TIMEFRAMES.indexOf(preferences.timeframe.peek()) + turn];
      if (timeframe) preferences.timeframe.value = timeframe;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [symbols, symbol]);
}
