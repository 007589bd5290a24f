// The services of the mesh: what runs, and how many messages wait for each.
import type { ServiceState } from "../../data/types";
import { clockTime, plain } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Failure, Loading, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { stateAbout, stateName, whyMissing } from "./service_words";

export function Services() {
  const session = useSession();
  const found = session.status.value;
  const ticksAreRead = found?.waiting != null;
  const number = (row: ServiceState, value: number | null) => (value === null ? <Missing why={whyMissing(row)} /> : plain(value, 0));
  const columns: Column<ServiceState>[] = [
    { id: "service", title: t("service"), by: (row) => row.name, cell: (row) => <span title={row.name}>{t(`service-${row.name}`)}</span> },
    {
      id: "state",
      title: t("state"),
      by: (row) => row.state,
      cell: (row) => (
        <>
          <span class={`state ${row.state}`} title={stateAbout(row, ticksAreRead)}>
            {stateName(row, ticksAreRead)}
          </span>
          {row.name === "analysis-live" && found?.analysis_heard && (
            <small class="about">{t("service-heard", { time: clockTime(found.analysis_heard, true) })}</small>
          )}
        </>
      ),
    },
    {
      id: "waiting",
      title: t("service-waiting"),
      numeric: true,
      by: (row) => row.waiting,
      cell: (row) => number(row, row.waiting),
    },
    {
      id: "processes",
      title: t("service-processes"),
      numeric: true,
      by: (row) => row.processes,
      cell: (row) => number(row, row.processes),
    },
    {
      id: "checked",
      title: t("service-checked"),
      by: (row) => row.checked,
      cell: (row) => (row.checked ? clockTime(row.checked, true) : <Missing why={whyMissing(row)} />),
    },
  ];
  return (
    <Panel id="services" class="wide" title={t("services")}>
      {!found && session.statusError.value && <Failure error={session.statusError.value} retry={() => session.refreshStatus()} />}
      {!found && !session.statusError.value && <Loading />}
      {found && <Table label={t("services")} columns={columns} rows={found.services} rowKey={(row) => row.name} />}
    </Panel>
  );
}
