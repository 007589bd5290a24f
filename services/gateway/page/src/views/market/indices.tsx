// The indices with their last prices.
import { t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Move, Price } from "../../ui/numbers";
import { useSession } from "../../ui/session";

const MOST = 8;

export function Indices() {
  const { market } = useSession();
  const indices = [...market.instruments.value.values()].filter((each) => each.kind === "index" && each.active).slice(0, MOST);
  return (
    <section class="indices" aria-label={t("indices")}>
      {indices.length === 0 && <p class="empty">{t("no-indices")}</p>}
      {indices.map((each) => (
        <div class="panel index" key={each.symbol}>
          <InstrumentLink symbol={each.symbol} />
          <strong>
            <Price symbol={each.symbol} />
          </strong>
          <IndexMove symbol={each.symbol} />
        </div>
      ))}
    </section>
  );
}

function IndexMove({ symbol }: { symbol: string }) {
  return <Move value={useSession().market.quote(symbol).value?.change_percent} />;
}
