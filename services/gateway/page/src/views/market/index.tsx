// The market at a glance: indices, industries by size and move, breadth, movers, signals, and what the watchlist did.
import { useEffect } from "preact/hooks";
import { route } from "../../app/router";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { SignalList } from "../../ui/signals";
import { Absent, Failure, Loading } from "../../ui/states";
import { Heatmap } from "./heatmap";
import { Indices } from "./indices";
import { IndustryPanel } from "./industry_panel";
import "./market.css";
import { MarketBreadth } from "./market_breadth";
import { Movers, WatchlistMoves } from "./movers";

export default function MarketView() {
  const session = useSession();
  const { market } = session;
  useEffect(() => {
    session.symbols.value = new Set(["*"]);
    session.barsOf.value = null;
  }, [session]);
  const error = session.firstError.value;
  if (error) {
    return (
      <div class="view">
        <Failure error={error} retry={() => session.retryFirstRead()} />
      </div>
    );
  }
  if (!session.isRead.value) {
    return (
      <div class="view">
        <Loading />
      </div>
    );
  }
  return (
    <div class="view market-view">
      <h1 class="unseen">{t("view-market")}</h1>
      <div class="grid">
        <Indices />
        <Heatmap />
        <MarketBreadth />
        {route.value.part && <IndustryPanel industry={route.value.part} />}
        <Movers />
        <WatchlistMoves />
        <Panel id="latest" class="latest" title={t("latest-signals")} footer={t("advice")}>
          <SignalList signals={market.signals.value.slice(0, 12)} empty={t("no-signals")} />
        </Panel>
        <Panel id="stories" class="stories" title={t("stories")}>
          <Absent what={t("absent-stories")} />
        </Panel>
      </div>
    </div>
  );
}
