// The columns of the records of signals: what followed, beside what any day brought.
import type { Market } from "../../data/market";
import { type QualityRecord, TIMEFRAMES } from "../../data/types";
import { date, percent, plain, share } from "../../i18n/format";
import { nameOf, ruleName, timeframeName } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Missing } from "../../ui/states";
import type { Column } from "../../ui/table";

const placeOf = (timeframe: QualityRecord["timeframe"]) => TIMEFRAMES.indexOf(timeframe);

// By rule and direction, timeframe and group; then from the shortest horizon to the longest.
export function inOrder(rows: readonly QualityRecord[]): QualityRecord[] {
  return [...rows].sort(
    (a, b) =>
      a.rule.localeCompare(b.rule) ||
      a.direction.localeCompare(b.direction) ||
      JSON.stringify(a.params).localeCompare(JSON.stringify(b.params)) ||
      placeOf(a.timeframe) - placeOf(b.timeframe) ||
      a.quality.group.localeCompare(b.quality.group) ||
      a.quality.horizon_bars - b.quality.horizon_bars,
  );
}

// The name of an instrument or industry whose record it is.
export function groupNames(market: Market): (id: string) => string {
  return (id) => {
    const known = market.instrument(id) ?? market.industries.value.find((each) => each.industry === id);
    return known ? nameOf(known) : id;
  };
}

const ON_A_PHONE = new Set(["rule", "horizon", "wins", "mean", "validated"]);

// On a phone the signal says its timeframe and group too, and the rest is left to a wider screen.
export function recordColumns(groupName: (group: string) => string, isPhone = false): Column<QualityRecord>[] {
  const all = wideColumns(groupName);
  if (!isPhone) return all;
  const cells = new Map(all.map((each) => [each.id, each.cell]));
  const about = (row: QualityRecord) => ["timeframe", "group"].map((id) => cells.get(id)?.(row)).join(" · ");
  return all
    .filter((each) => ON_A_PHONE.has(each.id))
    .map((each) =>
      each.id === "rule"
        ? {
            ...each,
            broad: true,
            cell: (row: QualityRecord) => (
              <>
                {each.cell(row)} <small>{about(row)}</small>
              </>
            ),
          }
        : each,
    );
}

function wideColumns(groupName: (group: string) => string): Column<QualityRecord>[] {
  const figure = (
    id: string,
    title: string,
    by: (row: QualityRecord) => number | null,
    show: (value: number) => string,
  ): Column<QualityRecord> => ({
    id,
    title,
    numeric: true,
    by,
    cell: (row) => {
      const value = by(row);
      return value === null ? <Missing why={t("why-undefined")} /> : show(value);
    },
  });
  return [
    {
      id: "rule",
      title: t("signal"),
      by: (row) => row.rule,
      cell: (row) => `${row.direction === "up" ? "▲" : "▼"} ${ruleName(row.rule, row.params)}`,
    },
    { id: "timeframe", title: t("timeframe"), by: (row) => placeOf(row.timeframe), cell: (row) => timeframeName(row.timeframe) },
    {
      id: "group",
      title: t("group"),
      by: (row) => row.quality.group,
      cell: (row) => (row.quality.group === "*" ? t("all-instruments") : groupName(row.quality.group)),
    },
    figure(
      "horizon",
      t("horizon"),
      (row) => row.quality.horizon_bars,
      (value) => plain(value, 0),
    ),
    figure(
      "n",
      t("cases"),
      (row) => row.quality.n,
      (value) => plain(value, 0),
    ),
    figure(
      "wins",
      t("figure-win-rate"),
      (row) => row.quality.win_rate,
      (value) => share(value),
    ),
    figure(
      "mean",
      t("mean-return"),
      (row) => row.quality.mean_return,
      (value) => percent(value, 1),
    ),
    figure(
      "base",
      t("base-rate"),
      (row) => row.quality.base_rate,
      (value) => percent(value, 1),
    ),
    figure(
      "worst",
      t("worst"),
      (row) => row.quality.worst,
      (value) => percent(value, 0),
    ),
    figure(
      "q",
      t("q-value"),
      (row) => row.quality.q_value,
      (value) => plain(value, 3),
    ),
    {
      id: "validated",
      title: t("validated"),
      by: (row) => Number(row.quality.validated),
      cell: (row) => t(row.quality.validated ? "yes" : "no"),
    },
    { id: "as_of", title: t("as-of"), by: (row) => row.as_of, cell: (row) => date(row.as_of) },
  ];
}
