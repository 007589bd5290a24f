// Research: runs with their results, new runs, the records of signals, data sets.
import { address, route, visits } from "../../app/router";
import { readCapabilities } from "../../data/capabilities";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Absent, Failure, Loading } from "../../ui/states";
import { ViewFrame } from "../../ui/view_frame";
import { Comparison } from "./comparison";
import { Datasets } from "./datasets";
import { JobPage } from "./job_page";
import { NewRun } from "./new_run";
import { Records } from "./records";
import "./research.css";
import { Runs } from "./runs";

const TABS = ["runs", "new", "records", "datasets"] as const;
type Tab = (typeof TABS)[number];

export default function ResearchView() {
  const [first = "", id = ""] = route.value.part.split("/");
  const tab: Tab = TABS.find((each) => each === first) ?? "runs";
  const capabilities = useReading(readCapabilities, []);
  const found = capabilities.value;
  const needsJobs = tab === "runs" || tab === "new";
  const hasJobs = found?.has("/v1/research/jobs", "get") ?? false;
  return (
    <ViewFrame name="research">
      <nav class="tabs wide no-print" aria-label={t("view-research")}>
        {TABS.map((each) => (
          <a key={each} href={address("research", each)} aria-current={each === tab ? "page" : undefined}>
            {t(`research-${each}`)}
          </a>
        ))}
      </nav>
      {tab === "records" && <Records />}
      {tab === "datasets" && <Datasets />}
      {needsJobs && !found && (
        <Panel id="jobs" class="wide" title={t(`research-${tab}`)}>
          {capabilities.error ? <Failure error={capabilities.error} retry={capabilities.again} /> : <Loading />}
        </Panel>
      )}
      {needsJobs && found && !hasJobs && (
        <Panel id="jobs" class="wide" title={t(`research-${tab}`)}>
          <Absent
            what={t("absent-jobs")}
            instead={
              <>
                {t("jobs-instead")} <code>python -m services.analysis research backtest --help</code>
              </>
            }
          />
        </Panel>
      )}
      {found && hasJobs && tab === "new" && <NewRun key={visits.value} capabilities={found} />}
      {hasJobs && tab === "runs" && first === "runs" && id === "compare" && (
        <Comparison ids={(route.value.query["ids"] ?? "").split(",").filter(Boolean)} />
      )}
      {hasJobs && tab === "runs" && id && id !== "compare" && <JobPage id={id} key={id} />}
      {hasJobs && tab === "runs" && !id && <Runs />}
    </ViewFrame>
  );
}
