// What followed past signals, out of sample: the record of each rule at each level.
import { useState } from "preact/hooks";
import { api } from "../../data/api";
import type { QualityRecord } from "../../data/types";
import { date, percent, plain, share } from "../../i18n/format";
import { ruleName, timeframeName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Choices, Toggle } from "../../ui/choices";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

const LEVELS = ["all", "industry", "instrument"] as const;
const MOST = 1000;

export function Records() {
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("all");
  const [onlyValidated, setOnlyValidated] = useState(false);
  const reading = useReading(
    (cancelled) => api.quality({ level, limit: MOST, ...(onlyValidated ? { validated: true } : {}) }, cancelled),
    [level, onlyValidated],
  );
  const rows = reading.value?.results ?? [];
  const figure = (
    id: string,
    title: string,
    by: (row: QualityRecord) => number | null,
    show: (value: number) => string,
  ): Column<QualityRecord> => ({
    id,
    title,
    numeric: true,
    by,
    cell: (row) => {
      const value = by(row);
      return value === null ? <Missing why={t("why-undefined")} /> : show(value);
    },
  });
  const columns: Column<QualityRecord>[] = [
    {
      id: "rule",
      title: t("signal"),
      by: (row) => row.rule,
      cell: (row) => `${row.direction === "up" ? "▲" : "▼"} ${ruleName(row.rule, row.params)}`,
    },
    { id: "timeframe", title: t("timeframe"), by: (row) => row.timeframe, cell: (row) => timeframeName(row.timeframe) },
    {
      id: "group",
      title: t("group"),
      by: (row) => row.quality.group,
      cell: (row) => (row.quality.group === "*" ? t("all-instruments") : row.quality.group),
    },
    figure(
      "horizon",
      t("bars"),
      (row) => row.quality.horizon_bars,
      (value) => plain(value, 0),
    ),
    figure(
      "n",
      "n",
      (row) => row.quality.n,
      (value) => plain(value, 0),
    ),
    figure(
      "wins",
      t("figure-win-rate"),
      (row) => row.quality.win_rate,
      (value) => share(value),
    ),
    figure(
      "mean",
      t("mean-return"),
      (row) => row.quality.mean_return,
      (value) => percent(value, 1),
    ),
    figure(
      "base",
      t("base-rate"),
      (row) => row.quality.base_rate,
      (value) => percent(value, 1),
    ),
    figure(
      "worst",
      t("worst"),
      (row) => row.quality.worst,
      (value) => percent(value, 0),
    ),
    figure(
      "q",
      "q",
      (row) => row.quality.q_value,
      (value) => plain(value, 3),
    ),
    {
      id: "validated",
      title: t("validated"),
      by: (row) => Number(row.quality.validated),
      cell: (row) => t(row.quality.validated ? "yes" : "no"),
    },
    { id: "as_of", title: t("as-of"), by: (row) => row.as_of, cell: (row) => date(row.as_of) },
  ];
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
          <Choices label={t("group")} options={LEVELS} value={level} name={(each) => t(`level-${each}`)} choose={setLevel} />
        </div>
      }
    >
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value && rows.length === 0 && <Empty>{t(onlyValidated ? "no-validated" : "no-records")}</Empty>}
      {rows.length > 0 && <Table label={t("research-records")} columns={columns} rows={rows} rowKey={(row) => row.id} />}
      {reading.value?.next_page_token && <p class="hint panel-hint">{t("more-records", { n: MOST })}</p>}
    </Panel>
  );
}
