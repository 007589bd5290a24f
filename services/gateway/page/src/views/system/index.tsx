// What an operator looks at first: services, lag, sources, age of data, what was rejected, jobs.
import { clockTime, plain } from "../../i18n/format";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Failure, Loading, Missing } from "../../ui/states";
import { useThrottled } from "../../ui/throttled";
import { ViewFrame } from "../../ui/view_frame";
import { DataAge } from "./data_age";
import { Feeds } from "./feeds";
import { JobQueue, Rejected } from "./operations";
import { Services } from "./services";
import { Sources } from "./sources";

const DRAW_MS = 2000;

export default function SystemView() {
  return (
    <ViewFrame name="system" quotes>
      <Services />
      <Flow />
      <Sources />
      <Feeds />
      <DataAge />
      <Connection />
      <Rejected />
      <JobQueue />
    </ViewFrame>
  );
}

// Whether prices go through: what ingest wrote last, what waits, what analysis published last.
function Flow() {
  const { status, statusError, refreshStatus } = useSessionStatus();
  const found = status.value;
  const time = (iso: string | null) => (iso ? <time dateTime={iso}>{clockTime(iso, true)}</time> : <Missing why={t("why-not-reported")} />);
  return (
    <Panel id="flow" class="third" title={t("flow")}>
      {!found && statusError.value && <Failure error={statusError.value} retry={refreshStatus} />}
      {!found && !statusError.value && <Loading />}
      {found && (
        <dl class="facts">
          <Fact word={t("ticks-grew")}>{time(found.ticks_grew)}</Fact>
          <Fact word={t("analysis-heard")}>{time(found.analysis_heard)}</Fact>
          <Fact word={t("waiting-ticks")}>{found.waiting === null ? <Missing why={t("why-no-lag")} /> : plain(found.waiting, 0)}</Fact>
          <Fact word={t("silent")}>{found.silent === null ? <Missing why={t("why-no-lag")} /> : t(found.silent ? "yes" : "no")}</Fact>
        </dl>
      )}
    </Panel>
  );
}

function Connection() {
  const { state, market, gaps, missedError } = useSession();
  const received = useThrottled(market.changes, DRAW_MS);
  return (
    <Panel id="connection" class="third" title={t("page-connection")}>
      <dl class="facts">
        <Fact word={t("stream")}>{t(`stream-${state.value.kind}`)}</Fact>
        <Fact word={t("quotes-stored")}>{plain(received, 0)}</Fact>
        <Fact word={t("signals-stored")}>{market.signals.value.length}</Fact>
        <Fact word={t("gaps")}>{gaps.value}</Fact>
        <Fact word={t("last-error")}>{missedError.value ? errorText(missedError.value) : t("none")}</Fact>
      </dl>
    </Panel>
  );
}

function Fact({ word, children }: { word: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function useSessionStatus() {
  const session = useSession();
  return { status: session.status, statusError: session.statusError, refreshStatus: () => session.refreshStatus() };
}
