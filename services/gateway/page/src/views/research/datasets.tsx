// Data sets for machine learning, with their files.
import { api } from "../../data/api";
import type { Dataset } from "../../data/types";
import { dateTime, plain } from "../../i18n/format";
import { timeframeName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

export function Datasets() {
  const reading = useReading((cancelled) => api.datasets(cancelled), []);
  const rows = reading.value?.results ?? [];
  const columns: Column<Dataset>[] = [
    { id: "id", title: t("run"), by: (row) => row.id, cell: (row) => row.id },
    { id: "name", title: t("name"), by: (row) => row.name, cell: (row) => row.name },
    { id: "timeframe", title: t("timeframe"), by: (row) => row.timeframe, cell: (row) => timeframeName(row.timeframe) },
    { id: "range", title: t("sessions"), by: (row) => row.first, cell: (row) => `${row.first} – ${row.last}` },
    { id: "instruments", title: t("instruments"), numeric: true, by: (row) => row.instruments, cell: (row) => plain(row.instruments, 0) },
    { id: "rows", title: t("rows"), numeric: true, by: (row) => row.rows, cell: (row) => plain(row.rows, 0) },
    { id: "date", title: t("created"), by: (row) => row.date, cell: (row) => dateTime(row.date) },
    {
      id: "files",
      title: t("files"),
      cell: (row) => (
        <span class="files">
          {row.files.map((file) => (
            <a key={file.name} href={file.url} download={file.name} title={file.sha256}>
              {file.name}
            </a>
          ))}
        </span>
      ),
    },
  ];
  return (
    <Panel id="datasets" class="wide" title={t("research-datasets")}>
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value && rows.length === 0 && <Empty>{t("no-datasets")}</Empty>}
      {rows.length > 0 && <Table label={t("research-datasets")} columns={columns} rows={rows} rowKey={(row) => row.id} />}
    </Panel>
  );
}
