// The columns of the indicator rows, to choose what is drawn.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { preferences } from "../../data/preferences";
import { errorText } from "../../i18n/problems";
import { language, t } from "../../i18n/words";
import type { ChartModel } from "./chart_model";
import { columnTitle, columnWords } from "./columns";

const MOST = 12;
const NAME = /^[a-z][a-z0-9_.]{1,63}$/;

export function IndicatorPicker({ model, close }: { model: ChartModel; close: () => void }) {
  const [sought, setSought] = useState("");
  const search = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => search.current?.focus(), []); // before the paint: elsewhere what is typed would be keys of the page
  const chosen = preferences.indicators.value;
  const words = sought.toLowerCase().replaceAll(/[\s_]+/g, "");
  const matches = (name: string) =>
    `${name} ${columnWords(name, language()) ?? ""}`
      .toLowerCase()
      .replaceAll(/[\s_]+/g, "")
      .includes(words);
  const all = [...new Set([...chosen, ...model.columns.value])];
  const flip = (name: string) => {
    preferences.indicators.value = chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name].slice(-MOST);
  };
  const typed = sought.trim().toLowerCase();
  const isNew = NAME.test(typed) && !all.includes(typed);
  const add = () => {
    flip(typed);
    setSought("");
  };
  const error = model.computed.error.value;
  return (
    <div
      class="picker"
      role="dialog"
      aria-label={t("indicators")}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <input
        ref={search}
        type="text"
        value={sought}
        placeholder={t("indicator-search")}
        aria-label={t("indicator-search")}
        onInput={(event) => setSought(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && isNew) add();
        }}
      />
      {isNew && (
        <button type="button" class="button" onClick={add}>
          {t("indicator-add", { name: typed })}
        </button>
      )}
      {error && (
        <p class="wrong" role="alert">
          {errorText(error)}
        </p>
      )}
      <ul>
        {all.filter(matches).map((name) => (
          <li key={name}>
            <label>
              <input type="checkbox" checked={chosen.includes(name)} onChange={() => flip(name)} />
              <span>{columnTitle(name)}</span>
              <small>{columnWords(name, language()) ?? ""}</small>
            </label>
          </li>
        ))}
      </ul>
      <p class="hint">{t("indicator-hint")}</p>
    </div>
  );
}
