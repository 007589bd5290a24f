// Name, price and ranges of the instrument.
import { useEffect } from "preact/hooks";
import { dateTime, percent, price, signedPrice, UNKNOWN, volume } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Price, sign } from "../../ui/numbers";
import { useSession } from "../../ui/session";
import { Missing } from "../../ui/states";
import { useThrottled } from "../../ui/throttled";

const TITLE_MS = 1_000; // the browser draws the tab again for each title

export function Heading({ symbol }: { symbol: string }) {
  const { market } = useSession();
  const instrument = market.instrument(symbol);
  const quote = market.quote(symbol).value;
  const title = quote ? `${price(quote.last_price, instrument)} ${symbol} · Finstage` : `${symbol} · Finstage`;
  const shown = useThrottled(market.changes, TITLE_MS);
  useEffect(() => {
    document.title = title;
  }, [symbol, shown]);
  const range = (low: number | null, high: number | null) =>
    low === null && high === null ? <Missing why={t("why-no-range")} /> : `${price(low, instrument)} ${UNKNOWN} ${price(high, instrument)}`;
  return (
    <div class="instrument">
      <div class="title">
        <h1>{instrument ? nameOf(instrument) : symbol}</h1>
        <p>{[symbol, instrument?.exchange, instrument?.currency].filter(Boolean).join(" · ")}</p>
      </div>
      <div class="now">
        <strong>
          <Price symbol={symbol} id="last" />
        </strong>
        {quote && (
          <>
            <span
              class={sign(quote.change_percent)}
            >{`${signedPrice(quote.change, instrument, quote.last_price)} (${percent(quote.change_percent)})`}</span>
            <time dateTime={quote.date}>{dateTime(quote.date, instrument)}</time>
          </>
        )}
      </div>
      {quote && (
        <dl>
          <Term word={t("prev-close")}>
            {quote.prev_close === null ? <Missing why={t("why-no-prev-close")} /> : price(quote.prev_close, instrument)}
          </Term>
          <Term word={t("day")}>{range(quote.low, quote.high)}</Term>
          <Term word={t("year")}>{range(quote.year_low, quote.year_high)}</Term>
          <Term word={t("volume")}>{quote.volume === null ? <Missing why={t("why-no-volume")} /> : volume(quote.volume)}</Term>
        </dl>
      )}
    </div>
  );
}

function Term({ word, children }: { word: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}
