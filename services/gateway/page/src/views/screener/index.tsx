// The screener: a condition, the instruments to look through, the columns to show, and screens to keep.
import { useEffect, useRef, useState } from "preact/hooks";
import { address, route, setQuery } from "../../app/router";
import type { Screen } from "../../data/preferences";
import { plain } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { ConditionField, useExplanation } from "../../ui/condition";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty, Failure } from "../../ui/states";
import { ViewFrame } from "../../ui/view_frame";
import { ColumnsChoice, isValue } from "./columns_choice";
import { KeepScreen, Kept } from "./kept";
import { Results } from "./results";
import { type Screening, screen } from "./screening";
import "./screener.css";

const NO_SYMBOLS: string[] = [];
const WATCHLIST = "*watchlist";
const USUAL = ["price", "change", "volume", "last"];
const AGAIN_MS = 20_000; // while the view is seen, so that the results follow the newest bars

export default function ScreenerView() {
  return (
    <ViewFrame name="screener" quotes>
      <Screener />
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
  const [found, setFound] = useState<Screening | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef<AbortController | null>(null);
  const explained = useExplanation(text, NO_SYMBOLS);
  useEffect(() => () => running.current?.abort(), []);
  const active = [...market.instruments.value.values()].filter((each) => each.active).map((each) => each.symbol);
  const symbols = industry === WATCHLIST ? watchlist.symbols : industry ? market.members(industry) : active;
  const isRunning = found !== null && found.evaluated < found.total && !found.unanswered && !error;

  const run = () => {
    const condition = explained.value?.condition;
    if (!condition) return;
    running.current?.abort();
    const request = new AbortController();
    running.current = request;
    setError(null);
    setQuery({ condition, industry, columns: columns.join(","), sort, order: down ? "desc" : "" });
    const isMine = industry === WATCHLIST;
    const wanted = {
      condition,
      industry: isMine ? null : industry || null,
      symbols,
      only: isMine ? new Set(symbols) : null,
      columns: columns.filter(isValue),
      sort: sort || null,
      down,
    };
    screen(wanted, request.signal, setFound).catch((reason: Error) => {
      if (!request.signal.aborted) setError(reason);
    });
  };
  const latest = useRef(run);
  latest.current = run;
  const isLive = found !== null && !found.isByHistory;
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => document.visibilityState === "visible" && latest.current(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  const cancel = () => {
    running.current?.abort();
    setFound((before) => before && { ...before, total: before.evaluated });
  };
  const open = (kept: Screen) => {
    setText(kept.condition);
    setIndustry(kept.industry);
    setColumns(kept.columns.length ? kept.columns : USUAL);
    setSort(kept.sort);
    setDown(kept.down);
    setFound(null);
  };
  const industries = market.industries.value.filter((each) => each.kind === "industry");
  const industryName = (id: string) => {
    if (!id) return t("all-instruments");
    const known = industries.find((each) => each.industry === id);
    return id === WATCHLIST ? t("my-watchlist") : known ? nameOf(known) : id;
  };
  const condition = explained.value?.condition ?? "";
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
            <button type="button" class="button primary" disabled={!explained.value || isRunning} onClick={run}>
              {t("run-screen", { n: plain(symbols.length, 0) })}
            </button>
            {isRunning && (
              <button type="button" class="button" onClick={cancel}>
                {t("cancel")}
              </button>
            )}
            {explained.value && (
              <a class="button" href={address("alerts", "", { condition, industry: industry === WATCHLIST ? "" : industry })}>
                {t("alert-me")}
              </a>
            )}
            {explained.value && (
              <a class="button" href={address("research", "new", { entry: condition })}>
                {t("backtest-this")}
              </a>
            )}
            <KeepScreen screen={{ condition, columns, industry, sort, down }} />
          </div>
        </div>
      </Panel>
      <Kept open={open} />
      <Panel id="results" class="wide" title={t("results")} footer={t("screen-hint")}>
        {error && <Failure error={error} retry={run} />}
        {found && <Progress found={found} />}
        {found?.warnings.map((warning) => (
          <p key={warning} class="hint panel-hint">
            {warning}
          </p>
        ))}
        {!found && !error && <Empty>{t("no-screen")}</Empty>}
        {found && !found.unanswered && <Results found={found} columns={columns} isDone={!isRunning} />}
      </Panel>
    </>
  );
}

function Progress({ found }: { found: Screening }) {
  const words = t("screened", { done: found.evaluated, total: found.total, matched: found.matched });
  return (
    <div class="progress">
      {found.isByHistory && <progress value={found.evaluated} max={Math.max(1, found.total)} aria-label={t("progress")} />}
      <span>{words}</span>
      {found.isByHistory && <span class="hint">{t("screened-by-history")}</span>}
    </div>
  );
}
