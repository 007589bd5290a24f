// What the header says about the connection: the state of the stream, and what an open stream does not show.

import type { Session } from "../data/session";
import { clockTime } from "../i18n/format";
import { failingSources, priceOutage, sourceText } from "../i18n/outage";
import { errorText } from "../i18n/problems";
import { t } from "../i18n/words";

const QUIET_MS = 120_000; // after this time without output of analysis, the page shows the time of the last one

export interface Connection {
  kind: "connecting" | "live" | "replay" | "waiting" | "behind" | "silent" | "failing" | "unknown" | "quiet" | "pending";
  text: string;
  why: string;
}

export function connection(session: Session, now: number): Connection {
  const state = session.state.value;
  if (state.kind === "waiting") {
    const seconds = Math.max(1, Math.round((state.until - now) / 1000));
    return { kind: "waiting", text: t("link-waiting", { seconds }), why: "" };
  }
  const data = state.kind === "live" ? dataState(session, now) : null;
  if (data) return data;
  if (state.kind === "live" && session.market.isReplay) return { kind: "replay", text: t("link-replay"), why: t("replayed") };
  return { kind: state.kind, text: t(`link-${state.kind}`), why: "" };
}

// Whether prices arrive and are processed. Null: they are, or nothing is known.
function dataState(session: Session, now: number): Connection | null {
  const status = session.status.value;
  const lastOutput = status?.analysis_heard;
  const failed = session.missedError.value ?? session.viewError.value;
  if (failed) return { kind: "behind", text: t("link-behind"), why: t("link-behind-why", { why: errorText(failed) }) };
  if (status?.silent) {
    return { kind: "silent", text: lastOutput ? t("link-silent", { time: clockTime(lastOutput) }) : t("link-silent-ever"), why: "" };
  }
  const cut = priceOutage(status);
  if (cut) return { kind: cut, text: t(`link-${cut}`), why: failingSources(status).map(sourceText).join("\n") };
  if (lastOutput && now - Date.parse(lastOutput) > QUIET_MS) {
    return { kind: "quiet", text: t("link-quiet", { time: clockTime(lastOutput) }), why: "" };
  }
  return session.market.quoted.length ? null : { kind: "pending", text: t("link-pending"), why: "" };
}
