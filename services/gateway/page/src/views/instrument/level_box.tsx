// A price level that was picked on the chart, as an alert.

import { places } from "../../i18n/decimals";
import { plain, price } from "../../i18n/format";
import { t } from "../../i18n/words";
import { CreateAlert } from "../../ui/create_alert";
import { useSession } from "../../ui/session";
import type { ChartModel } from "./chart_model";

export function LevelBox({ model }: { model: ChartModel }) {
  const { market } = useSession();
  if (!model.isPicking.value) return null;
  const level = model.level.value;
  const instrument = market.instrument(model.symbol);
  const last = market.quote(model.symbol).value?.last_price ?? model.drawing.value.bars.at(-1)?.close ?? null;
  if (level === null) return <p class="level-box">{t("alert-level-pick")}</p>;
  const rounded = plain(level, places(level, instrument).most).replaceAll(",", "").replace("\u2212", "-");
  const crosses = last !== null && level < last ? "below" : "above";
  return (
    <div class="level-box">
      <p>{t("alert-level-how", { level: price(level, instrument) })}</p>
      <CreateAlert condition={`close crosses ${crosses} ${rounded}`} symbols={[model.symbol]} />
    </div>
  );
}
