// How often an alert is sent.
import type { AlertRequest } from "../data/types";
import { t } from "../i18n/words";
import { Select } from "./choices";

export type Frequency = NonNullable<AlertRequest["frequency"]>;

const FREQUENCIES: readonly Frequency[] = ["once_per_bar_close", "once_per_bar", "once"];

export function FrequencyChoice({ value, choose }: { value: Frequency; choose: (chosen: Frequency) => void }) {
  return (
    <Select
      label={t("alert-frequency")}
      options={FREQUENCIES}
      value={value}
      name={(each) => t(`frequency-${each.replaceAll("_", "-")}`)}
      choose={choose}
    />
  );
}
