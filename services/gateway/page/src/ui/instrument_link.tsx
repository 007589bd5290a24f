// The name of an instrument, which leads to its chart.
import { address } from "../app/router";
import { nameOf } from "../i18n/names";
import { useSession } from "./session";

export function InstrumentLink({ symbol }: { symbol: string }) {
  const instrument = useSession().market.instrument(symbol);
  return (
    <a class="instrument-link" href={address("instrument", symbol)} title={symbol}>
      {instrument ? nameOf(instrument) : symbol}
    </a>
  );
}
