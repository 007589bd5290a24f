// How far a screen is, and what it has found.
import { noHistory } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty, Failure } from "../../ui/states";
import { Results } from "./results";
import type { RunningScreen } from "./running_screen";
import type { Screening } from "./screening";

interface Props {
  screening: RunningScreen;
  columns: readonly string[];
  run: () => void;
}

export function ScreenResults({ screening, columns, run }: Props) {
  const { found, error, isRunning } = screening;
  const { market } = useSession();
  const notes = [
    found?.isReplayed && !market.hasReplayed ? t("replayed") : "", // else the banner of the page says so
    found?.unanswered ? noHistory(found.unanswered) : "",
  ].filter(Boolean);
  return (
    <Panel id="results" class="wide" title={t("results")} footer={t("screen-hint")}>
      {error && <Failure error={error} retry={run} />}
      {found && <Progress found={found} />}
      {notes.map((note) => (
        <p key={note} class="hint panel-hint">
          {note}
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
