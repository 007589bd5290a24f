// A view that needs the first read: loading, its failure, or the view.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/words";
import { useSession } from "./session";
import { Failure, Loading } from "./states";

interface Props {
  name: "market" | "screener" | "research" | "alerts" | "system";
  children: ComponentChildren;
  quotes?: boolean; // whether the view shows quotes of any instrument
  waiting?: ComponentChildren; // what stands there until the first read
}

export function ViewFrame({ name, children, quotes = false, waiting }: Props) {
  const session = useSession();
  useEffect(() => {
    if (quotes || !session.symbols.peek()) session.symbols.value = new Set(["*"]);
    session.barsOf.value = null;
  }, [session, quotes]);
  const error = session.firstError.value;
  const isReady = session.isRead.value || name === "system";
  return (
    <div class={`view ${name}-view`}>
      <h1 class="unseen">{t(`view-${name}`)}</h1>
      {!isReady && error && <Failure error={error} retry={() => session.retryFirstRead()} />}
      {!isReady && !error && (waiting ?? <Loading />)}
      {isReady && <div class="grid">{children}</div>}
    </div>
  );
}
