// The screener: a condition, the instruments to look through, the columns to show, and screens to keep. Its address runs it.
import { useEffect, useRef, useState } from "preact/hooks";
import { address, route, setQuery, visits } from "../../app/router";
import type { Screen as KeptScreen } from "../../data/preferences";
import { plain } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { ConditionField, useExplanation } from "../../ui/condition";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { ViewFrame } from "../../ui/view_frame";
import { ColumnsChoice, isValue } from "./columns_choice";
import { KeepScreen, Kept } from "./kept";
import { ScreenResults } from "./results_panel";
import { useRunningScreen } from "./running_screen";
import "./screener.css";

const NO_SYMBOLS: string[] = [];
const WATCHLIST = "*watchlist";
const ANY = "*"; // whatever the text in the address means
const USUAL = ["price", "change", "volume", "last"];

export default function ScreenerView() {
  return (
    <ViewFrame name="screener" quotes>
      <Screener key={visits.value} />
    </ViewFrame>
  );
}

function Screener() {
  const { market, watchlist } = useSession();
  const { query } = route.value;
  const [text, setText] = useState(query["condition"] ?? "");
  const [industry, setIndustry] = useState(query["industry"] ?? "");
  const [columns, setColumns] = useState<string[]>(query["columns"]?.split(",") ?? USUAL);
  const [sort, setSort] = useState(query["sort"] ?? "");
  const [down, setDown] = useState(query["order"] === "desc");
  const explained = useExplanation(text, NO_SYMBOLS);
  const screening = useRunningScreen();
  const isMine = industry === WATCHLIST;
  const active = [...market.instruments.value.values()].filter((each) => each.active).map((each) => each.symbol);
  const symbols = isMine ? watchlist.symbols : industry ? market.members(industry) : active;
  const quoted = new Set(market.quoted);
  const priced = symbols.filter((symbol) => quoted.has(symbol)).length;
  const condition = explained.isBusy ? "" : (explained.value?.condition ?? "");
  const run = () => {
    if (!condition) return;
    setQuery({ condition, industry, columns: columns.join(","), sort, order: down ? "desc" : "" });
    screening.run({
      condition,
      industry: isMine ? null : industry || null,
      symbols,
      only: isMine ? new Set(symbols) : null,
      columns: columns.filter(isValue),
      sort: sort || null,
      down,
    });
  };
  // A screen that was opened by its address, or from the kept ones, runs as soon as its condition is understood.
  const asked = useRef<string | null>(text ? ANY : null);
  const [opened, setOpened] = useState(0);
  useEffect(() => {
    if (!condition || (asked.current !== ANY && asked.current !== condition)) return;
    asked.current = null;
    run();
  }, [condition, opened]);
  const open = (kept: KeptScreen) => {
    screening.forget();
    asked.current = kept.condition;
    setOpened(opened + 1);
    setText(kept.condition);
    setIndustry(kept.industry);
    setColumns(kept.columns.length ? kept.columns : USUAL);
    setSort(kept.sort);
    setDown(kept.down);
  };
  const industries = market.industries.value.filter((each) => each.kind === "industry");
  const industryName = (id: string) => {
    if (!id) return t("all-instruments");
    const known = industries.find((each) => each.industry === id);
    return id === WATCHLIST ? t("my-watchlist") : known ? nameOf(known) : id;
  };
  return (
    <>
      <Panel id="screen" class="two-thirds" title={t("screen")}>
        <div class="body">
          <ConditionField text={text} change={setText} explained={explained} />
          <Select
            label={t("look-through")}
            options={["", WATCHLIST, ...industries.map((each) => each.industry)]}
            value={industry}
            name={industryName}
            choose={setIndustry}
          />
          <ColumnsChoice {...{ columns, setColumns, sort, setSort, down, setDown }} />
          <div class="actions">
            <button type="button" class="button primary" disabled={!condition || screening.isRunning} onClick={run}>
              {t("run-screen", { n: symbols.length })}
            </button>
            {priced < symbols.length && <span class="hint">{t("screen-priced", { n: plain(priced, 0) })}</span>}
            {screening.isRunning && (
              <button type="button" class="button" onClick={screening.cancel}>
                {t("cancel")}
              </button>
            )}
            {condition && (
              <a class="button" href={address("alerts", "", { condition, industry: isMine ? "" : industry })}>
                {t("alert-me")}
              </a>
            )}
            {condition && (
              <a class="button" href={address("research", "new", { entry: condition })}>
                {t("backtest-this")}
              </a>
            )}
            <KeepScreen screen={{ condition, columns, industry, sort, down }} />
          </div>
        </div>
      </Panel>
      <Kept open={open} />
      <ScreenResults screening={screening} columns={columns} run={run} />
    </>
  );
}
