// Industries as tiles: area by members, colour by the median move. Each leads to its members.
import { useState } from "preact/hooks";
import { address, route } from "../../app/router";
import type { Industry } from "../../data/types";
import { percent, share } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Toggle } from "../../ui/choices";
import { isNarrow } from "../../ui/narrow";
import { Breadth, Move } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Missing } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { strength, tiles } from "./tiles";

const RATIO = 1.7; // width to height of the map, about: the tiles are near squares
const NARROW_RATIO = 0.75;

export function Heatmap() {
  const { market } = useSession();
  const [asTable, setAsTable] = useState(false);
  const industries = market.industries.value.filter((each) => each.kind === "industry");
  const hasViews = industries.some((each) => each.view);
  return (
    <Panel
      id="heatmap"
      class="heatmap"
      title={t("heatmap")}
      footer={t("heatmap-hint")}
      actions={
        <div class="choices">
          <Toggle on={asTable} flip={() => setAsTable(!asTable)}>
            {t("as-table")}
          </Toggle>
        </div>
      }
    >
      {!hasViews && <p class="empty">{t("no-views")}</p>}
      {hasViews && asTable && <IndustryTable industries={industries} />}
      {hasViews && !asTable && (
        <ul class="tiles">
          {tiles(industries, isNarrow.value ? NARROW_RATIO : RATIO).map(({ industry, left, top, width, height }) => (
            <li
              key={industry.industry}
              style={{ left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` }}
              data-strength={String(strength(industry.view?.median_move ?? null))}
            >
              <a
                href={address("market", industry.industry)}
                aria-current={route.value.part === industry.industry ? "true" : undefined}
                title={tileText(industry)}
              >
                <b>{nameOf(industry)}</b>
                <span>{percent(industry.view?.median_move)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function tileText(industry: Industry): string {
  const { view } = industry;
  if (!view) return `${nameOf(industry)}: ${t("why-no-view")}`;
  return t("tile-text", {
    name: nameOf(industry),
    n: industry.instruments,
    move: percent(view.median_move),
    up: view.advances,
    down: view.declines,
    missing: view.missing,
  });
}

function IndustryTable({ industries }: { industries: Industry[] }) {
  const columns: Column<Industry>[] = [
    {
      id: "name",
      title: t("industry"),
      by: (row) => nameOf(row),
      cell: (row) => <a href={address("market", row.industry)}>{nameOf(row)}</a>,
    },
    { id: "n", title: t("members"), numeric: true, by: (row) => row.instruments, cell: (row) => row.instruments },
    {
      id: "move",
      title: t("median-move"),
      numeric: true,
      by: (row) => row.view?.median_move,
      cell: (row) => <Move value={row.view?.median_move} why={t("why-no-view")} />,
    },
    { id: "breadth", title: t("breadth"), cell: (row) => (row.view ? <Breadth view={row.view} /> : <Missing why={t("why-no-view")} />) },
    {
      id: "above",
      title: t("above-50"),
      numeric: true,
      by: (row) => row.view?.above_sma_50,
      cell: (row) => (row.view?.above_sma_50 == null ? <Missing why={t("why-no-average")} /> : share(row.view.above_sma_50)),
    },
    {
      id: "signals",
      title: t("signals-today"),
      numeric: true,
      by: (row) => (row.view ? row.view.signals_up - row.view.signals_down : null),
      cell: (row) => (row.view ? `▲${row.view.signals_up} ▼${row.view.signals_down}` : <Missing why={t("why-no-view")} />),
    },
  ];
  return (
    <Table label={t("heatmap")} columns={columns} rows={industries} rowKey={(row) => row.industry} sort={{ id: "move", down: true }} />
  );
}
