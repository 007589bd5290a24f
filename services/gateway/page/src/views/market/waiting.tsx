// The market view before its first read: its panels with their titles, where the figures will stand.
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";

const PANELS = [
  ["heatmap", "heatmap", 8],
  ["breadth", "breadth-panel", 5],
  ["movers", "movers-panel", 6],
  ["watchlist", "mine-panel", 6],
] as const;
const INDICES = 6;

export function MarketWaiting() {
  return (
    <div class="grid market-waiting" role="status" aria-label={t("loading")}>
      <div class="indices" aria-hidden="true">
        {Array.from({ length: INDICES }, (_, i) => (
          <div key={i} class="panel index">
            <Lines count={2} />
          </div>
        ))}
      </div>
      {PANELS.map(([title, place, lines]) => (
        <Panel key={title} id={`waiting-${title}`} class={place} title={t(title)}>
          <div class="body">
            <Lines count={lines} />
          </div>
        </Panel>
      ))}
    </div>
  );
}

function Lines({ count }: { count: number }) {
  return (
    <>
      {Array.from({ length: count }, (_, i) => (
        <span key={i} class="line" />
      ))}
    </>
  );
}
