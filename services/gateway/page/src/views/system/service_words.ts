// Why the number of processes, or of waiting messages, of a service is missing.
import type { ServiceState } from "../../data/types";
import { t } from "../../i18n/words";

export function whyMissing({ state, name }: ServiceState): string {
  if (state === "not_seen") return t("service-no-group");
  if (state === "unknown") return t("why-no-lag");
  return name === "analysis-live" ? t("why-no-lag") : t("service-not-counted"); // its places are in the database
}
