// The members of one industry with their strength against the others and the market.
import { useEffect } from "preact/hooks";
import { api } from "../../data/api";
import type { Member } from "../../data/types";
import { percent, plain, price } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { InstrumentLink } from "../../ui/instrument_link";
import { Move } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { useSession } from "../../ui/session";
import { Failure, Loading, Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";

export function IndustryPanel({ industry }: { industry: string }) {
  const { market } = useSession();
  const reading = useReading(async (cancelled) => (await api.industry(industry, cancelled)).results[0] ?? null, [industry]);
  const known = market.industries.value.find((each) => each.industry === industry);
  const members = reading.value?.members ?? [];
  // On a phone the members of the industry that was tapped are out of sight.
  useEffect(() => document.getElementById("members")?.scrollIntoView({ block: "nearest" }), [industry, members.length]);
  return (
    <Panel
      id="members"
      class="members"
      title={t("members-of", { name: known ? nameOf(known) : industry })}
      actions={
        <a class="choices" href="#/market">
          {t("close-box")}
        </a>
      }
    >
      {reading.error && !reading.value && <Failure error={reading.error} retry={reading.again} />}
      {!reading.error && !reading.value && <Loading />}
      {reading.value && members.length === 0 && <p class="empty">{t("no-members")}</p>}
      {members.length > 0 && (
        <Table
          label={t("members")}
          columns={columns(market)}
          rows={members}
          rowKey={(row) => row.symbol}
          sort={{ id: "move", down: true }}
        />
      )}
    </Panel>
  );
}

function columns(market: ReturnType<typeof useSession>["market"]): Column<Member>[] {
  const strength = (id: string, title: string, by: (row: Member) => number | null): Column<Member> => ({
    id,
    title,
    numeric: true,
    by,
    cell: (row) => (by(row) === null ? <Missing why={t("why-short-history")} /> : percent(by(row), 1)),
  });
  return [
    { id: "name", title: t("instrument"), by: (row) => row.symbol, cell: (row) => <InstrumentLink symbol={row.symbol} /> },
    {
      id: "price",
      title: t("price"),
      numeric: true,
      by: (row) => row.last_price,
      cell: (row) => (row.last_price === null ? <Missing why={t("no-price")} /> : price(row.last_price, market.instrument(row.symbol))),
    },
    { id: "move", title: t("change"), numeric: true, by: (row) => row.move, cell: (row) => <Move value={row.move} /> },
    strength("rs20", t("strength-industry", { n: 20 }), (row) => row.against_industry.over_20),
    strength("rs63", t("strength-industry", { n: 63 }), (row) => row.against_industry.over_63),
    strength("market63", t("strength-market", { n: 63 }), (row) => row.against_market.over_63),
    {
      id: "beta",
      title: t("beta"),
      numeric: true,
      by: (row) => row.with_market.beta_63,
      cell: (row) => (row.with_market.beta_63 === null ? <Missing why={t("why-short-history")} /> : plain(row.with_market.beta_63)),
    },
  ];
}
