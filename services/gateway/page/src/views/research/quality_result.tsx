// The result of a run of records: what followed past signals, each in a sentence, beside the number of tests.
import { type Quality, type QualityRecord, TIMEFRAMES } from "../../data/types";
import { plain } from "../../i18n/format";
import { recordText } from "../../i18n/record";
import { t } from "../../i18n/words";
import { isNarrow } from "../../ui/narrow";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import type { Job } from "./jobs";
import { groupNames, recordColumns } from "./record_columns";

type Listed = Pick<QualityRecord, "rule" | "params" | "direction"> & { group: string; quality: Quality };

const OF_THE_RUN = ["timeframe", "as_of"]; // the same in every row

// The records that the result lists, with what the run says of all of them.
export function listedRecords(job: Job): QualityRecord[] {
  const { listed, as_of } = (job.result ?? {}) as { listed?: Listed[]; as_of?: number };
  const timeframe = TIMEFRAMES.find((each) => each === job.timeframe) ?? "1Day";
  const about = { timeframe, shown: true, as_of: new Date(as_of ?? 0).toISOString() };
  return (Array.isArray(listed) ? listed : []).map((row, place) => ({ ...row, ...about, id: String(place) }));
}

export function QualityResult({ job }: { job: Job }) {
  const { market } = useSession();
  const result = job.result ?? {};
  const rows = listedRecords(job);
  const sentence: Column<QualityRecord> = {
    id: "record",
    title: t("run-record"),
    cell: (row) => recordText(row.quality, row.timeframe),
    broad: true,
  };
  const isPhone = isNarrow.value;
  const [rule, group, ...figures] = recordColumns(groupNames(market), isPhone).filter((each) => !OF_THE_RUN.includes(each.id));
  const chosen = isPhone ? [rule, sentence] : [rule, group, sentence, ...figures]; // the sentence has the figures that a phone has no room for
  const columns = chosen.filter((each) => each !== undefined);
  const number = (name: string) => (typeof result[name] === "number" ? plain(result[name], 0) : "–");
  const isNone = result["validated"] === 0;
  return (
    <Panel id="quality" class="wide" title={t("research-records")} footer={t("records-hint")}>
      <p class="panel-hint">
        {t("run-quality-tried", { tried: number("tried"), validated: number("validated") })} {isNone && t("run-quality-none")}
      </p>
      {rows.length === 0 ? (
        <Empty>{t("run-no-records")}</Empty>
      ) : (
        <Table label={t("research-records")} columns={columns} rows={rows} rowKey={(row) => row.id} />
      )}
      {typeof result["records"] === "number" && result["records"] > rows.length && (
        <p class="hint panel-hint">{t("run-more-records", { shown: plain(rows.length, 0), n: plain(result["records"], 0) })}</p>
      )}
    </Panel>
  );
}
