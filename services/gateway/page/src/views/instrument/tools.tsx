// How the chart is drawn: timeframe, style, scale, what is on it, and what it is compared with.
import { useState } from "preact/hooks";
import { preferences, STYLES } from "../../data/preferences";
import { TIMEFRAMES } from "../../data/types";
import { timeframeName } from "../../i18n/names";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { Choices, Select, Toggle } from "../../ui/choices";
import { useSession } from "../../ui/session";
import type { ChartModel } from "./chart_model";
import { IndicatorPicker } from "./indicator_picker";
import { addressOf, comparedName } from "./industry_index";

const SWITCHES = ["volume", "signals", "patterns", "actions", "stories", "log"] as const;

interface Props {
  model: ChartModel;
  compare: (symbol: string | null) => void;
}

export function Tools({ model, compare }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div class="tools">
      <Choices
        class="frames"
        label={t("timeframe")}
        options={TIMEFRAMES}
        value={preferences.timeframe.value}
        name={timeframeName}
        choose={(timeframe) => {
          preferences.timeframe.value = timeframe;
        }}
      />
      <div class="choose-tools">
        <Select
          label={t("chart-style")}
          hidden
          options={STYLES}
          value={preferences.style.value}
          name={(style) => t(`style-${style}`)}
          choose={(style) => {
            preferences.style.value = style;
          }}
        />
        <Comparison model={model} compare={compare} />
        <Toggle on={open} flip={() => setOpen(!open)}>
          {t("indicators")}
        </Toggle>
        <Toggle on={model.level.isOpen.value} flip={() => model.level.flip()}>
          {t("alert-level")}
        </Toggle>
      </div>
      <fieldset class="shown-tools" aria-label={t("on-chart")}>
        {SWITCHES.map((name) => (
          <Toggle
            key={name}
            on={preferences[name].value}
            flip={() => {
              preferences[name].value = !preferences[name].value;
            }}
          >
            {t(`show-${name}`)}
          </Toggle>
        ))}
      </fieldset>
      <ComparisonState model={model} />
      {open && <IndicatorPicker model={model} close={() => setOpen(false)} />}
    </div>
  );
}

// Its industry or another instrument, in percent from the first bar on the screen. Indices come first.
function Comparison({ model, compare }: Props) {
  const { market } = useSession();
  const all = [...market.instruments.value.values()].filter((each) => each.symbol !== model.symbol);
  const indices = all.filter((each) => each.kind === "index");
  const own = market.instrument(model.symbol)?.industries ?? [];
  const peers = all.filter((each) => each.kind !== "index" && each.industries.some((industry) => own.includes(industry)));
  const others = all.filter((each) => each.kind !== "index" && !peers.includes(each));
  const industries = market.industries.value.filter((each) => own.includes(each.industry));
  const options = ["", ...industries.map(addressOf), ...[...indices, ...peers, ...others].map((each) => each.symbol)];
  const chosen = model.comparison.chosen.value ?? "";
  return (
    <Select
      label={t("compare")}
      hidden
      options={options.includes(chosen) ? options : [...options, chosen]}
      value={chosen}
      name={(other) => (other ? comparedName(market, other) : t("compare-with"))}
      choose={(symbol) => compare(symbol || null)}
    />
  );
}

// What the comparison does to the chart, or why there is none.
function ComparisonState({ model }: { model: ChartModel }) {
  const { market } = useSession();
  const chosen = model.comparison.chosen.value;
  if (!chosen) return null;
  const name = comparedName(market, chosen);
  const error = model.comparison.error.value;
  if (error) return <p class="compare-state warning">{t("compare-failed", { name, why: errorText(error) })}</p>;
  if (model.comparison.bars.value === null) return <p class="compare-state">{t("loading")}</p>;
  if (model.comparison.bars.value === 0) {
    return <p class="compare-state warning">{t("compare-without-bars", { name, timeframe: timeframeName(model.timeframe) })}</p>;
  }
  return <p class="compare-state">{t("compare-hides", { name })}</p>;
}
