// The list of signals, newest first.
import { address } from "../app/router";
import { preferences } from "../data/preferences";
import type { Signal } from "../data/types";
import { dateTime, price } from "../i18n/format";
import { nameOf, ruleName, timeframeName } from "../i18n/names";
import { recordText } from "../i18n/record";
import { t } from "../i18n/words";
import { useSession } from "./session";

const VISIBLE = 60;

export function SignalList({ signals, empty }: { signals: readonly Signal[]; empty: string }) {
  return (
    <ol class="signals" aria-live="polite">
      {signals.length === 0 && <li class="empty">{empty}</li>}
      {signals.slice(0, VISIBLE).map((signal) => (
        <SignalItem key={signal.id} signal={signal} />
      ))}
    </ol>
  );
}

function SignalItem({ signal }: { signal: Signal }) {
  const instrument = useSession().market.instrument(signal.symbol);
  const isUp = signal.direction === "up";
  const when = dateTime(signal.date, instrument);
  return (
    <li class="signal" data-id={signal.id}>
      <a
        href={address("instrument", signal.symbol)}
        onClick={() => {
          preferences.timeframe.value = signal.timeframe;
        }}
      >
        <span class={`arrow ${isUp ? "up" : "down"}`} role="img" aria-label={t(isUp ? "direction-up" : "direction-down")}>
          {isUp ? "▲" : "▼"}
        </span>
        <span class="what" {...(signal.sequence ? { title: signal.sequence } : {})}>
          {ruleName(signal.rule, signal.params)}
        </span>
        <span class="frame">{timeframeName(signal.timeframe)}</span>
        <span class="who">{instrument ? nameOf(instrument) : signal.symbol}</span>
        <span class="price">{price(signal.price, instrument)}</span>
        <span class="more">
          <span class="record">{recordText(signal.quality, signal.timeframe)}</span>
          <time dateTime={signal.date}>{signal.replayed ? `${when} · ${t("replayed-short")}` : when}</time>
        </span>
      </a>
    </li>
  );
}
