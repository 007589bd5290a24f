// The screener: a condition, the instruments to look through, the columns to show, and screens to keep.
import { useEffect, useRef, useState } from "preact/hooks";
import { address, route, setQuery } from "../../app/router";
import { preferences, type Screen } from "../../data/preferences";
import { plain } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { ConditionField, useExplanation } from "../../ui/condition";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Empty, Failure } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { ViewFrame } from "../../ui/view_frame";
import { COLUMN_NAMES, Results } from "./results";
import { type Screening, screen } from "./screening";
import "./screener.css";

const NO_SYMBOLS: string[] = [];
const WATCHLIST = "*watchlist";
const USUAL = ["price", "change", "volume", "held"];

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
  const [found, setFound] = useState<Screening | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const running = useRef<AbortController | null>(null);
  const explained = useExplanation(text, NO_SYMBOLS);
  useEffect(() => () => running.current?.abort(), []);
  const active = [...market.instruments.value.values()].filter((each) => each.active).map((each) => each.symbol);
  const symbols = industry === WATCHLIST ? watchlist.symbols : industry ? market.members(industry) : active;
  const isRunning = found !== null && found.done < found.total && !found.unanswered && !error;

  const run = () => {
    const condition = explained.value?.condition;
    if (!condition) return;
    running.current?.abort();
    const request = new AbortController();
    running.current = request;
    setError(null);
    setQuery({ condition, industry, columns: columns.join(",") });
    screen(condition, symbols, request.signal, setFound).catch((reason: Error) => {
      if (!request.signal.aborted) setError(reason);
    });
  };
  const cancel = () => {
    running.current?.abort();
    setFound((before) => before && { ...before, total: before.done });
  };
  const open = (kept: Screen) => {
    setText(kept.condition);
    setIndustry(kept.industry);
    setColumns(kept.columns.length ? kept.columns : USUAL);
    setFound(null);
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
          <fieldset class="column-choice">
            <legend>{t("columns")}</legend>
            {COLUMN_NAMES.map((name) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={columns.includes(name)}
                  onChange={() => setColumns(columns.includes(name) ? columns.filter((each) => each !== name) : [...columns, name])}
                />
                {t(`column-${name}`)}
              </label>
            ))}
          </fieldset>
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
              <a class="button" href={address("alerts", "", { condition: explained.value.condition })}>
                {t("alert-me")}
              </a>
            )}
            <KeepScreen screen={{ name: "", condition: explained.value?.condition ?? "", columns, industry }} />
          </div>
        </div>
      </Panel>
      <Kept open={open} />
      <Panel id="results" class="wide" title={t("results")} footer={t("screen-hint")}>
        {error && <Failure error={error} retry={run} />}
        {found && (
          <div class="progress">
            <progress value={found.done} max={Math.max(1, found.total)} aria-label={t("progress")} />
            <span>{t("screened", { done: found.done, total: found.total })}</span>
          </div>
        )}
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

function KeepScreen({ screen: kept }: { screen: Screen }) {
  const [name, setName] = useState("");
  const keep = () => {
    const others = preferences.screens.value.filter((each) => each.name !== name.trim());
    preferences.screens.value = [...others, { ...kept, name: name.trim() }];
    setName("");
    toast(t("screen-kept"));
  };
  return (
    <span class="keep">
      <input
        type="text"
        value={name}
        placeholder={t("screen-name")}
        aria-label={t("screen-name")}
        maxLength={60}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="button" class="button" disabled={!name.trim() || !kept.condition} onClick={keep}>
        {t("keep-screen")}
      </button>
    </span>
  );
}

function Kept({ open }: { open: (kept: Screen) => void }) {
  const all = preferences.screens.value;
  const remove = (kept: Screen) => {
    preferences.screens.value = all.filter((each) => each !== kept);
    toast(t("removed", { name: kept.name }), () => {
      preferences.screens.value = [...preferences.screens.peek(), kept];
    });
  };
  return (
    <Panel id="kept" class="third" title={t("kept-screens")} footer={t("kept-hint")}>
      {all.length === 0 && <Empty>{t("no-kept")}</Empty>}
      <ul class="facts">
        {all.map((kept) => (
          <li key={kept.name} class="kept">
            <button type="button" onClick={() => open(kept)}>
              <b>{kept.name}</b>
              <code>{kept.condition}</code>
            </button>
            <button type="button" class="button" aria-label={`${t("delete")}: ${kept.name}`} onClick={() => remove(kept)}>
              {t("delete")}
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
