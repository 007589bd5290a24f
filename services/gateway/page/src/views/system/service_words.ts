// What the state of a service says, and why the number of its processes, or of its waiting messages, is missing.
import type { ServiceState } from "../../data/types";
import { t } from "../../i18n/words";

export function whyMissing(row: ServiceState): string {
  const { state, name } = row;
  if (state === "not_seen") return t("service-no-group");
  if (state === "unknown") return stateAbout(row);
  return name === "analysis-live" ? t("why-no-lag") : t("service-not-counted"); // its places are in the database
}

// A gateway that has just started knows nothing yet; what it has found once is unknown when broker or database do not answer.
export function stateAbout({ state, name, checked }: ServiceState, ticksAreRead = false): string {
  if (state === "unknown" && checked === null) return t("service-not-read");
  if (state === "unknown" && name === "ingest" && ticksAreRead) return t("service-not-watched");
  return t(`service-state-${state}-about`);
}

// Short words for the state: one that is not known yet is not called unknown.
export const stateName = ({ state, checked, name }: ServiceState, ticksAreRead: boolean): string =>
  state === "unknown" && (checked === null || (name === "ingest" && ticksAreRead))
    ? t("service-state-not-read")
    : t(`service-state-${state}`);
