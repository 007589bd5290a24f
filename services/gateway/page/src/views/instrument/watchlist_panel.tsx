// The list of instruments with live prices, the search, the filter by industry and the star buttons.
import { useLayoutEffect, useRef } from "preact/hooks";
import { isSearchWanted } from "../../app/keyboard";
import { percent } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { Icon } from "../../ui/icons";
import { Price, sign } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { toast } from "../../ui/toasts";
import { filterByIndustry, firstMatch, found, industryFilter, search, searchError, sought, symbolsInView } from "./search";

interface Props {
  symbol: string | null;
  select: (symbol: string) => void;
}

export function WatchlistPanel({ symbol, select }: Props) {
  const session = useSession();
  const { market, watchlist } = session;
  const { symbols } = symbolsInView(session);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (!isSearchWanted.value) return;
    isSearchWanted.value = false;
    field.current?.focus();
  }, [isSearchWanted.value]);
  const error = searchError.value;
  const industries = market.industries.value.filter((each) => each.kind === "industry");
  const title = (id: string) => {
    const industry = industries.find((each) => each.industry === id);
    return industry ? `${nameOf(industry)} (${industry.instruments})` : t("my-watchlist");
  };
  const empty = !session.isRead.value ? t("loading") : found.value ? t("no-match") : watchlist.isChosen ? t("empty-list") : t("no-quotes");
  return (
    <Panel id="watchlist" class="watchlist" title={t("watchlist")}>
      <div class="find">
        <label class="field">
          <Icon name="search" />
          <input
            ref={field}
            id="search"
            type="search"
            autocomplete="off"
            spellcheck={false}
            enterkeyhint="search"
            value={sought.value}
            placeholder={t("search")}
            aria-label={t("search")}
            aria-controls="instruments"
            onInput={(event) => search(event.currentTarget.value)}
            onKeyDown={(event) => onKey(event, select)}
          />
        </label>
        <Select
          id="industry"
          label={t("industry")}
          hidden
          options={["", ...industries.map((each) => each.industry)]}
          value={industryFilter.value}
          name={title}
          choose={filterByIndustry}
        />
      </div>
      <ul class="rows" id="instruments">
        {error && <li class="empty">{`${t("failed")}: ${errorText(error)}`}</li>}
        {!error && symbols.length === 0 && <li class="empty">{empty}</li>}
        {watchlist.owned.error.value && (
          <li class="hint panel-hint">{t("owned-unread", { why: errorText(watchlist.owned.error.value) })}</li>
        )}
        {!error && symbols.map((each) => <Row key={each} symbol={each} isOpen={each === symbol} select={select} />)}
      </ul>
    </Panel>
  );
}

// Enter opens the first match, and the arrow goes into the list.
function onKey(event: KeyboardEvent, select: (symbol: string) => void): void {
  if (event.key === "Escape") search("");
  else if (event.key === "Enter") void firstMatch().then((symbol) => symbol && select(symbol));
  else if (event.key === "ArrowDown") {
    event.preventDefault();
    document.querySelector<HTMLElement>("#instruments .choose")?.focus();
  }
}

function Row({ symbol, isOpen, select }: { symbol: string; isOpen: boolean; select: (symbol: string) => void }) {
  const { market, watchlist } = useSession();
  const instrument = market.instrument(symbol);
  const name = instrument ? nameOf(instrument) : symbol;
  const isWatched = watchlist.has(symbol);
  const label = `${t(isWatched ? "remove-from" : "add-to")}: ${name}`;
  const star = () => {
    const fail = (error: Error) => toast(t("not-changed", { why: errorText(error) }));
    if (!isWatched) {
      watchlist.add(symbol).catch(fail);
      return;
    }
    const at = watchlist.symbols.indexOf(symbol);
    watchlist.remove(symbol).catch(fail);
    toast(t("removed", { name }), () => void watchlist.add(symbol, at).catch(fail));
  };
  return (
    <li class="row">
      <button type="button" class="choose" aria-current={isOpen ? "true" : undefined} onClick={() => select(symbol)}>
        <span class="name">{name}</span>
        <span class="symbol">{symbol}</span>
        <Price symbol={symbol} />
        <Change symbol={symbol} />
      </button>
      <button type="button" class="star" aria-pressed={isWatched} aria-label={label} title={label} onClick={star}>
        <Icon name="star" size={15} />
      </button>
    </li>
  );
}

function Change({ symbol }: { symbol: string }) {
  const quote = useSession().market.quote(symbol).value;
  return <span class={`change ${sign(quote?.change_percent)}`}>{quote ? percent(quote.change_percent) : ""}</span>;
}
