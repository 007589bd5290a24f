// The indices with their last prices; those without one are named in a line.
import { t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Move, Price } from "../../ui/numbers";
import { useSession } from "../../ui/session";

const MOST = 8;

export function Indices() {
  const { market } = useSession();
  const indices = [...market.instruments.value.values()].filter((each) => each.kind === "index" && each.active).slice(0, MOST);
  const quoted = new Set(market.quoted);
  const missing = indices.filter((each) => !quoted.has(each.symbol));
  return (
    <section class="indices" aria-label={t("indices")}>
      {indices.length === 0 && <p class="empty">{t("no-indices")}</p>}
      {indices
        .filter((each) => quoted.has(each.symbol))
        .map((each) => (
          <div class="panel index" key={each.symbol}>
            <InstrumentLink symbol={each.symbol} />
            <strong>
              <Price symbol={each.symbol} />
            </strong>
            <IndexMove symbol={each.symbol} />
          </div>
        ))}
      {missing.length > 0 && (
        <p class="hint missing-indices">
          {t(market.isReplay ? "tape-without" : "without-price")}{" "}
          {missing.map((each, i) => (
            <span key={each.symbol}>
              {i > 0 && " · "}
              <InstrumentLink symbol={each.symbol} />
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function IndexMove({ symbol }: { symbol: string }) {
  return <Move value={useSession().market.quote(symbol).value?.change_percent} />;
}
