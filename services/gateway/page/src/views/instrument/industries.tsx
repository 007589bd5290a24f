// The list of industries and markets: median move, breadth, leaders. Industries are sorted by their move; markets follow.
import type { Industry, Mover, View } from "../../data/types";
import { percent } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Breadth, sign } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { filterByIndustry, industryFilter } from "./search";

type Viewed = Industry & { view: View };

export function Industries() {
  const { market } = useSession();
  const shown = market.industries.value.filter((industry): industry is Viewed => industry.view !== null);
  const median = (industry: Viewed) => industry.view.median_move ?? -Infinity;
  const industries = shown.filter((industry) => industry.kind === "industry").sort((a, b) => median(b) - median(a));
  const markets = shown.filter((industry) => industry.kind === "market");
  return (
    <Panel id="industries" class="industries" title={t("industries")}>
      <ol class="views">
        {shown.length === 0 && <li class="empty">{t("no-views")}</li>}
        {[...industries, ...markets].map((industry) => (
          <li class="view-row" key={industry.industry}>
            {industry.kind === "market" ? (
              <div>
                <Row industry={industry} />
              </div>
            ) : (
              <button
                type="button"
                aria-pressed={industryFilter.value === industry.industry}
                onClick={() => filterByIndustry(industryFilter.value === industry.industry ? "" : industry.industry)}
              >
                <Row industry={industry} />
              </button>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Row({ industry }: { industry: Viewed }) {
  const { market } = useSession();
  const { view } = industry;
  const mover = (found: Mover | undefined) => {
    const instrument = found && market.instrument(found.symbol);
    return found ? `${instrument ? nameOf(instrument) : found.symbol} ${percent(found.move, 1)}` : "";
  };
  return (
    <>
      <span class="name">{nameOf(industry)}</span>
      <span class={`median ${sign(view.median_move)}`} title={t("median")}>
        {percent(view.median_move)}
      </span>
      <Breadth view={view} />
      <span class="movers">{[mover(view.leaders[0]), mover(view.laggards[0])].filter(Boolean).join(" · ")}</span>
    </>
  );
}
