// Signals of everything, of the watchlist, or what happened to this instrument in order of time.
import { useState } from "preact/hooks";
import { t } from "../../i18n/words";
import { Choices } from "../../ui/choices";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { SignalList } from "../../ui/signals";
import type { ChartModel } from "./chart_model";
import { Timeline } from "./timeline";

const OPTIONS = ["all", "mine", "timeline"] as const;

export function Feed({ symbol, model }: { symbol: string | null; model: ChartModel | null }) {
  const { market, watchlist } = useSession();
  const [which, setWhich] = useState<(typeof OPTIONS)[number]>("all");
  const signals = market.signals.value;
  const name = (option: (typeof OPTIONS)[number]) => (option === "timeline" ? (symbol ?? t("timeline")) : t(`feed-${option}`));
  return (
    <Panel
      id="feed"
      class="feed"
      title={t("signals")}
      actions={<Choices label={t("signals")} options={OPTIONS} value={which} name={name} choose={setWhich} />}
      footer={t("advice")}
    >
      {which === "timeline" && model ? (
        <Timeline model={model} />
      ) : (
        <SignalList signals={which === "mine" ? signals.filter((each) => watchlist.has(each.symbol)) : signals} empty={t("no-signals")} />
      )}
    </Panel>
  );
}
