// The newest bars of the chart as a table, for who cannot see the drawing.
import { useState } from "preact/hooks";
import type { Bar } from "../../data/types";
import { dateTime, percent, price, volume } from "../../i18n/format";
import { t } from "../../i18n/words";
import { type Column, Table } from "../../ui/table";
import { isIntraday } from "./candles";
import type { ChartModel } from "./chart_model";

const ROWS = 60;

export function BarTable({ model }: { model: ChartModel }) {
  const [isOpen, setOpen] = useState(false);
  const { bars, instrument, timeframe, symbol } = model.drawing.value;
  const figure = (word: "open" | "high" | "low" | "close"): Column<Bar> => ({
    id: word,
    title: t(`bar-${word}`),
    numeric: true,
    by: (bar) => bar[word],
    cell: (bar) => price(bar[word], instrument),
  });
  const change = (bar: Bar) => {
    const before = bars[bars.indexOf(bar) - 1];
    return before && before.close > 0 ? bar.close / before.close - 1 : null;
  };
  const columns: Column<Bar>[] = [
    {
      id: "date",
      title: t("bar-date"),
      by: (bar) => bar.date,
      cell: (bar) => (isIntraday(timeframe) ? dateTime(bar.date, instrument) : (bar.session ?? bar.date.slice(0, 10))),
    },
    figure("open"),
    figure("high"),
    figure("low"),
    figure("close"),
    { id: "change", title: t("change"), numeric: true, by: change, cell: (bar) => percent(change(bar)) },
    { id: "volume", title: t("bar-volume"), numeric: true, by: (bar) => bar.volume, cell: (bar) => volume(bar.volume) },
  ];
  return (
    <details class="bar-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("table-of-bars")}</summary>
      {isOpen && (
        <Table label={t("table-label", { symbol })} columns={columns} rows={bars.slice(-ROWS).reverse()} rowKey={(bar) => bar.date} />
      )}
    </details>
  );
}
