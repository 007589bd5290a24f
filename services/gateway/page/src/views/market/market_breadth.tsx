// Each market as a whole: how many rose and fell, and how many are above their averages.
import type { View } from "../../data/types";
import { share } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Breadth, Move } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Missing } from "../../ui/states";

export function MarketBreadth() {
  const { market } = useSession();
  const markets = market.industries.value.filter((each) => each.kind === "market");
  return (
    <Panel id="breadth" class="breadth-panel" title={t("breadth")}>
      {markets.length === 0 && <p class="empty">{t("no-views")}</p>}
      <ul>
        {markets.map((each) => (
          <li key={each.industry}>
            <div class="market-line">
              <b>{nameOf(each)}</b>
              <Move value={each.view?.median_move} why={t("why-no-view")} />
            </div>
            {each.view ? <Counts view={each.view} /> : <p class="hint">{t("why-no-view")}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Counts({ view }: { view: View }) {
  const above = (value: number | null) => (value === null ? <Missing why={t("why-no-average")} /> : share(value));
  return (
    <>
      <Breadth view={view} />
      <p class="hint">{t("breadth-counts", { up: view.advances, down: view.declines, flat: view.unchanged, missing: view.missing })}</p>
      <dl class="pairs">
        <div>
          <dt>{t("above-50")}</dt>
          <dd>{above(view.above_sma_50)}</dd>
        </div>
        <div>
          <dt>{t("above-200")}</dt>
          <dd>{above(view.above_sma_200)}</dd>
        </div>
      </dl>
    </>
  );
}
