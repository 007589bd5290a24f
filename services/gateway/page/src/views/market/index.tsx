// The market at a glance: indices, industries by size and move, breadth, movers, signals, and what the watchlist did.
import { route } from "../../app/router";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { SignalList } from "../../ui/signals";
import { StoryList } from "../../ui/stories";
import { ViewFrame } from "../../ui/view_frame";
import { Heatmap } from "./heatmap";
import { Indices } from "./indices";
import { IndustryPanel } from "./industry_panel";
import "./market.css";
import { MarketBreadth } from "./market_breadth";
import { Movers, WatchlistMoves } from "./movers";
import { MarketWaiting } from "./waiting";

const SIGNALS = 12;
const STORIES = 20;

export default function MarketView() {
  const { market } = useSession();
  return (
    <ViewFrame name="market" quotes waiting={<MarketWaiting />}>
      <Indices />
      <Heatmap />
      <MarketBreadth />
      {route.value.part && <IndustryPanel industry={route.value.part} />}
      <Movers />
      <WatchlistMoves />
      <Panel id="latest" class="latest" title={t("latest-signals")} footer={t("advice")}>
        <SignalList signals={market.signals.value.slice(0, SIGNALS)} empty={t("no-signals")} />
      </Panel>
      <Panel id="stories" class="stories" title={t("stories")}>
        <StoryList stories={market.stories.value.slice(0, STORIES)} empty={t("no-stories")} />
      </Panel>
    </ViewFrame>
  );
}
