// The state of the connection in the header: live, replayed with the day of the tape, or why nothing comes.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { date } from "../i18n/format";
import { useSession } from "../ui/session";
import { connection } from "./connection";

const COUNT_MS = 1000; // while it waits for the next try, the seconds are counted
const LOOK_MS = 10_000;

export function Link() {
  const session = useSession();
  const now = useSignal(Date.now());
  const isWaiting = session.state.value.kind === "waiting";
  useEffect(() => {
    const timer = setInterval(
      () => {
        now.value = Date.now();
      },
      isWaiting ? COUNT_MS : LOOK_MS,
    );
    return () => clearInterval(timer);
  }, [isWaiting, now]);
  void [session.status.value, now.value];
  const { kind, text, why } = connection(session, Date.now());
  useEffect(() => {
    document.documentElement.dataset["link"] = kind;
  }, [kind]);
  return (
    <>
      <span class={`link ${kind}`} role="status" aria-live="polite" title={why}>
        {text}
      </span>
      {kind === "replay" && <ReplayedDay />}
    </>
  );
}

// It changes with the tape: a screen reader is not told of each day.
function ReplayedDay() {
  const { newest } = useSession().market;
  return newest === null ? null : <span class="replayed-day">{date(new Date(newest).toISOString())}</span>;
}
