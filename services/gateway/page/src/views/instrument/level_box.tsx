// A price level that was picked on the chart or written, as an alert: on the bars of the chart, or of another timeframe.
import { useState } from "preact/hooks";
import { TIMEFRAME_TABLE } from "../../data/timeframes";
import { TIMEFRAMES, type Timeframe } from "../../data/types";
import { places } from "../../i18n/decimals";
import { plain, price } from "../../i18n/format";
import { timeframeName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { CreateAlert } from "../../ui/create_alert";
import { type Frequency, FrequencyChoice } from "../../ui/frequency_choice";
import { useSession } from "../../ui/session";
import type { ChartModel } from "./chart_model";

export function LevelBox({ model }: { model: ChartModel }) {
  const { market } = useSession();
  const [timeframe, setTimeframe] = useState<Timeframe>(model.timeframe);
  const [frequency, setFrequency] = useState<Frequency>("once_per_bar_close");
  const [written, write] = useState("");
  if (!model.level.isOpen.value) return null;
  const level = model.level.price.value;
  const instrument = market.instrument(model.symbol);
  const last = market.quote(model.symbol).value?.last_price ?? model.drawing.value.bars.at(-1)?.close ?? null;
  const rounded = level === null ? "" : plain(level, places(level, instrument).most).replaceAll(",", "").replace("\u2212", "-");
  const field = (
    <label class="select">
      <span>{t("price")}</span>
      <input
        type="number"
        step="any"
        value={level === null || Number(written) === level ? written : rounded}
        onInput={(event) => {
          const { value, valueAsNumber } = event.currentTarget;
          write(value);
          model.level.set(Number.isFinite(valueAsNumber) ? valueAsNumber : null);
        }}
      />
    </label>
  );
  if (level === null) {
    return (
      <div class="level-box">
        <p>{t(model.note.value?.kind === "empty" ? "alert-level-write" : "alert-level-pick")}</p>
        <div class="alert-options">{field}</div>
      </div>
    );
  }
  const crosses = last !== null && level < last ? "below" : "above";
  const word = TIMEFRAME_TABLE.find((each) => each.name === timeframe)?.word;
  return (
    <div class="level-box">
      <p>{t("alert-level-how", { level: price(level, instrument) })}</p>
      <div class="alert-options">
        {field}
        <Select label={t("timeframe")} options={TIMEFRAMES} value={timeframe} name={timeframeName} choose={setTimeframe} />
        <FrequencyChoice value={frequency} choose={setFrequency} />
      </div>
      <CreateAlert condition={`close crosses ${crosses} ${rounded} on ${word}`} symbols={[model.symbol]} frequency={frequency} />
    </div>
  );
}
