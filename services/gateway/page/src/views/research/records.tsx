// What followed past signals, out of sample: the record of each rule at each level, of one group or of one rule.
import { useState } from "preact/hooks";
import { api } from "../../data/api";
import { ruleName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Choices, Select, Toggle } from "../../ui/choices";
import { isNarrow } from "../../ui/narrow";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";
import { Table } from "../../ui/table";
import { groupNames, inOrder, recordColumns } from "./record_columns";

const LEVELS = ["all", "industry", "instrument"] as const;
const MOST = 1000;

export function Records() {
  const { market } = useSession();
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("all");
  const [group, setGroup] = useState("");
  const [rule, setRule] = useState("");
  const [horizon, setHorizon] = useState("");
  const [onlyValidated, setOnlyValidated] = useState(false);
  const reading = useReading(
    (cancelled) => {
      const of = group && level !== "all" ? { [level === "industry" ? "industry" : "symbol"]: group } : {};
      return api.quality({ level, limit: MOST, ...of, ...(onlyValidated ? { validated: true } : {}) }, cancelled);
    },
    [level, group, onlyValidated],
  );
  const all = inOrder(reading.value?.results ?? []);
  const rows = all.filter((row) => (!rule || row.rule === rule) && (!horizon || String(row.quality.horizon_bars) === horizon));
  const industries = market.industries.value;
  const groupName = groupNames(market);
  const groups = level === "industry" ? industries.map((each) => each.industry) : [...market.instruments.value.keys()];
  const rules = [...new Set(all.map((row) => row.rule))];
  const horizons = [...new Set(all.map((row) => row.quality.horizon_bars))].sort((a, b) => a - b).map(String);
  const choose = (chosen: (typeof LEVELS)[number]) => {
    setLevel(chosen);
    setGroup("");
  };
  return (
    <Panel
      id="records"
      class="wide"
      title={t("research-records")}
      footer={t("records-hint")}
      actions={
        <div class="choices">
          <Toggle on={onlyValidated} flip={() => setOnlyValidated(!onlyValidated)}>
            {t("only-validated")}
          </Toggle>
          <Choices label={t("group")} options={LEVELS} value={level} name={(each) => t(`level-${each}`)} choose={choose} />
        </div>
      }
    >
      <div class="record-filters">
        {level !== "all" && (
          <Select
            label={t(level === "industry" ? "industry" : "instrument")}
            options={["", ...groups]}
            value={group}
            name={(each) => (each ? groupName(each) : t("any-group"))}
            choose={setGroup}
          />
        )}
        <Select
          label={t("signal")}
          options={["", ...rules]}
          value={rule}
          name={(each) => (each ? ruleName(each) : t("any-signal"))}
          choose={setRule}
        />
        <Select
          label={t("horizon")}
          options={["", ...horizons]}
          value={horizon}
          name={(each) => each || t("any-horizon")}
          choose={setHorizon}
        />
      </div>
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value && rows.length === 0 && <Empty>{t(onlyValidated ? "no-validated" : "no-records")}</Empty>}
      {rows.length > 0 && (
        <Table label={t("research-records")} columns={recordColumns(groupName, isNarrow.value)} rows={rows} rowKey={(row) => row.id} />
      )}
      {reading.value?.next_page_token && <p class="hint panel-hint">{t("more-records", { n: MOST })}</p>}
    </Panel>
  );
}
