// The connections to live providers.
import type { SourceHealth } from "../../data/types";
import { clockTime } from "../../i18n/format";
import { reasonText, sourceName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

export function Sources() {
  const { status } = useSession();
  const sources = status.value?.sources ?? [];
  const columns: Column<SourceHealth>[] = [
    { id: "source", title: t("source"), by: (row) => row.source, cell: (row) => sourceName(row.source) },
    { id: "target", title: t("target"), by: (row) => row.target, cell: (row) => row.target },
    {
      id: "state",
      title: t("state"),
      by: (row) => row.state,
      cell: (row) => <span class={`state ${row.state}`}>{t(`source-state-${row.state}`)}</span>,
    },
    {
      id: "reason",
      title: t("reason"),
      by: (row) => row.reason,
      cell: (row) => (row.reason ? <span title={row.detail}>{reasonText(row.reason)}</span> : ""),
    },
    { id: "since", title: t("since"), by: (row) => row.since, cell: (row) => (row.since ? clockTime(row.since) : "") },
    { id: "retry", title: t("retry-at"), by: (row) => row.retry_at, cell: (row) => (row.retry_at ? clockTime(row.retry_at, true) : "") },
    { id: "reported", title: t("reported"), by: (row) => row.reported, cell: (row) => clockTime(row.reported, true) },
  ];
  return (
    <Panel id="sources" class="two-thirds" title={t("sources")}>
      {sources.length === 0 ? (
        <Empty>{t("no-sources")}</Empty>
      ) : (
        <Table label={t("sources")} columns={columns} rows={sources} rowKey={(row) => row.source} />
      )}
    </Panel>
  );
}
