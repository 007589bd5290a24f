// How far a screen is, and what it has found.
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty, Failure } from "../../ui/states";
import { Results } from "./results";
import type { RunningScreen } from "./running_screen";
import type { Screening } from "./screening";

const REPLAYED = "replayed data"; // the banner of the page says so, in its language

interface Props {
  screening: RunningScreen;
  columns: readonly string[];
  run: () => void;
}

export function ScreenResults({ screening, columns, run }: Props) {
  const { found, error, isRunning } = screening;
  const { market } = useSession();
  const warnings = found?.warnings.filter((each) => !(market.hasReplayed && each.startsWith(REPLAYED))) ?? [];
  return (
    <Panel id="results" class="wide" title={t("results")} footer={t("screen-hint")}>
      {error && <Failure error={error} retry={run} />}
      {found && <Progress found={found} />}
      {warnings.map((warning) => (
        <p key={warning} class="hint panel-hint">
          {warning}
        </p>
      ))}
      {!found && !error && <Empty>{t("no-screen")}</Empty>}
      {found && !found.unanswered && <Results found={found} columns={columns} isDone={!isRunning} />}
    </Panel>
  );
}

function Progress({ found }: { found: Screening }) {
  const words = t("screened", { done: found.evaluated, total: found.total, matched: found.matched });
  return (
    <div class="progress">
      {found.isByHistory && <progress value={found.evaluated} max={Math.max(1, found.total)} aria-label={t("progress")} />}
      <span>{words}</span>
      {found.isByHistory && <span class="hint">{t("screened-by-history")}</span>}
    </div>
  );
}
