// The columns of the results: what is live, and values of the newest bar, which the results can be sorted by.
import { useState } from "preact/hooks";
import { COLUMNS, FIELDS } from "../../data/vocabulary";
import { language, t } from "../../i18n/words";
import { Select, Toggle } from "../../ui/choices";
import { columnTitle } from "../instrument/columns";
import { LIVE_COLUMNS } from "./results";

const OF_BARS = ["open", "low", "close"]; // the fields that no live column is called by
const VALUES: readonly { name: string; en: string; ko: string }[] = [...FIELDS.filter(({ name }) => OF_BARS.includes(name)), ...COLUMNS];
export const isValue = (name: string) => VALUES.some((each) => each.name === name);
const MOST = 20;

interface Props {
  columns: readonly string[];
  setColumns: (columns: string[]) => void;
  sort: string;
  setSort: (column: string) => void;
  down: boolean;
  setDown: (down: boolean) => void;
}

export function ColumnsChoice({ columns, setColumns, sort, setSort, down, setDown }: Props) {
  const [typed, setTyped] = useState("");
  const flip = (name: string) => setColumns(columns.includes(name) ? columns.filter((each) => each !== name) : [...columns, name]);
  const values = columns.filter(isValue);
  const type = (text: string) => {
    const isTaken = isValue(text) && values.length < MOST;
    if (isTaken && !columns.includes(text)) setColumns([...columns, text]);
    setTyped(isTaken ? "" : text);
  };
  const drop = (name: string) => {
    flip(name);
    if (sort === name) setSort("");
  };
  return (
    <>
      <fieldset class="column-choice">
        <legend>{t("columns")}</legend>
        {LIVE_COLUMNS.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={columns.includes(name)} onChange={() => flip(name)} />
            {t(`column-${name}`)}
          </label>
        ))}
        {values.map((name) => (
          <button
            key={name}
            type="button"
            class="tag"
            aria-label={`${t("remove-column")}: ${columnTitle(name)}`}
            onClick={() => drop(name)}
          >
            {columnTitle(name)} ×
          </button>
        ))}
      </fieldset>
      <div class="screen-options">
        <label class="select">
          <span>{t("add-column")}</span>
          <input
            type="text"
            list="value-columns"
            value={typed}
            autocomplete="off"
            spellcheck={false}
            placeholder="rsi_14"
            onInput={(event) => type(event.currentTarget.value.trim())}
          />
          <datalist id="value-columns">
            {VALUES.filter(({ name }) => !columns.includes(name)).map((each) => (
              <option key={each.name} value={each.name}>
                {language() === "ko" ? each.ko : each.en}
              </option>
            ))}
          </datalist>
        </label>
        <Select
          label={t("sort-by")}
          options={["", ...values]}
          value={sort}
          name={(each) => (each ? columnTitle(each) : t("sort-symbol"))}
          choose={setSort}
        />
        {sort && (
          <Toggle on={down} flip={() => setDown(!down)}>
            {t("sort-down")}
          </Toggle>
        )}
      </div>
    </>
  );
}
