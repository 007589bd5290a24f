// Signals of everything or of the watchlist, stories of the chosen industry, or what happened to this instrument in order of time.
import { useState } from "preact/hooks";
import { t } from "../../i18n/words";
import { Choices } from "../../ui/choices";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { SignalList } from "../../ui/signals";
import { Loading } from "../../ui/states";
import { StoryList } from "../../ui/stories";
import type { ChartModel } from "./chart_model";
import { industryFilter } from "./search";
import { Timeline } from "./timeline";

const OPTIONS = ["all", "mine", "stories", "timeline"] as const;

export function Feed({ symbol, model }: { symbol: string | null; model: ChartModel | null }) {
  const { market, watchlist, isRead } = useSession();
  const [which, setWhich] = useState<(typeof OPTIONS)[number]>("all");
  const signals = market.signals.value;
  const name = (option: (typeof OPTIONS)[number]) => {
    if (option === "timeline") return symbol ?? t("timeline");
    return option === "stories" ? t("stories") : t(`feed-${option}`);
  };
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
      ) : !isRead.value ? (
        <Loading />
      ) : which === "stories" ? (
        <Stories />
      ) : (
        <SignalList signals={which === "mine" ? signals.filter((each) => watchlist.has(each.symbol)) : signals} empty={t("no-signals")} />
      )}
    </Panel>
  );
}

// Those of the industry that is chosen in the list of industries, or all.
function Stories() {
  const { market } = useSession();
  const industry = industryFilter.value;
  const all = market.stories.value;
  const shown = industry ? all.filter((story) => story.industries.some((each) => each.name === industry)) : all;
  return <StoryList stories={shown} empty={t("no-stories")} />;
}
