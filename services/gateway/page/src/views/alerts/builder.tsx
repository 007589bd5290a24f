// A new alert: a condition, what it is about, how often it is sent, and where it last held.
import { useState } from "preact/hooks";
import { route } from "../../app/router";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { ConditionField, useExplanation } from "../../ui/condition";
import { CreateAlert } from "../../ui/create_alert";
import { type Frequency, FrequencyChoice } from "../../ui/frequency_choice";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { HeldTimes } from "./held_times";

const MOST = 20;

export function Builder({ onCreated }: { onCreated: () => void }) {
  const { watchlist, market } = useSession();
  const { query } = route.value;
  const [text, setText] = useState(query["condition"] ?? "");
  const [symbols, setSymbols] = useState(query["symbols"] ?? (query["industry"] ? "" : (watchlist.symbols[0] ?? "")));
  const [industry, setIndustry] = useState(query["industry"] ?? "");
  const [frequency, setFrequency] = useState<Frequency>("once_per_bar_close");
  const named = symbols
    .toUpperCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .slice(0, MOST);
  const listed = industry ? [] : named;
  const industries = market.industries.value.filter((each) => each.kind === "industry");
  const explained = useExplanation(text, industry ? market.members(industry).slice(0, MOST) : listed);
  return (
    <Panel id="builder" class="two-thirds" title={t("alert-new")}>
      <div class="body">
        <ConditionField text={text} change={setText} explained={explained} />
        <div class="alert-options">
          <Select
            label={t("industry")}
            options={["", ...industries.map((each) => each.industry)]}
            value={industry}
            name={(id) => {
              const known = industries.find((each) => each.industry === id);
              return known ? nameOf(known) : t("alert-no-industry");
            }}
            choose={setIndustry}
          />
          {!industry && (
            <label class="select">
              <span>{t("alert-symbols")}</span>
              <input type="text" value={symbols} spellcheck={false} onInput={(event) => setSymbols(event.currentTarget.value)} />
            </label>
          )}
          <FrequencyChoice value={frequency} choose={setFrequency} />
        </div>
        {explained.value && (
          <CreateAlert
            condition={explained.value.condition}
            isChanging={explained.isBusy}
            symbols={listed}
            industry={industry || null}
            frequency={frequency}
            onCreated={onCreated}
          />
        )}
        {explained.value && <HeldTimes found={explained.value} />}
      </div>
    </Panel>
  );
}
