// Equity beside buy and hold, with the drawdown below.
import { AreaSeries, createChart, type IChartApi, LineSeries, type Time } from "lightweight-charts";
import { useEffect, useRef } from "preact/hooks";
import { isDark, preferences } from "../../data/preferences";
import { percent, plain } from "../../i18n/format";
import { t } from "../../i18n/words";
import { chartOptions, colour } from "../instrument/chart/options";
import type { EquityPoint } from "./jobs";

export function EquityChart({ points }: { points: EquityPoint[] }) {
  const container = useRef<HTMLDivElement>(null);
  const look = `${isDark.value} ${preferences.colours.value} ${preferences.language.value}`;
  useEffect(() => {
    if (!container.current) return;
    const chart = createChart(container.current, {
      autoSize: true,
      ...chartOptions({ timeframe: "1Day", instrument: undefined, width: container.current.clientWidth, mode: 0 }),
    });
    const money = { type: "custom", minMove: 0.01, formatter: (value: number) => plain(value, 0) } as const;
    const line = (name: "equity" | "buy_and_hold", color: string) => {
      const series = chart.addSeries(LineSeries, { color, lineWidth: 2, priceLineVisible: false, priceFormat: money });
      series.setData(values(points, name));
    };
    line("buy_and_hold", colour("muted"));
    line("equity", colour("accent"));
    const drawdown = chart.addSeries(
      AreaSeries,
      {
        lineColor: colour("down"),
        topColor: colour("down-faint"),
        bottomColor: colour("down-faint"),
        lineWidth: 1,
        invertFilledArea: true,
        priceLineVisible: false,
        priceFormat: { type: "custom", minMove: 0.0001, formatter: (value: number) => percent(value, 0) },
      },
      1,
    );
    drawdown.setData(values(points, "drawdown"));
    chart.panes()[1]?.setStretchFactor(0.35);
    drawdown.priceScale().applyOptions({ scaleMargins: { top: 0, bottom: 0.06 } });
    showAll(chart);
    return () => chart.remove();
  }, [points, look]);
  const last = points.at(-1);
  return (
    <>
      <figure
        class="equity-chart"
        ref={container}
        aria-label={t("equity-label", { equity: plain(last?.equity ?? null, 0), held: plain(last?.buy_and_hold ?? null, 0) })}
      />
      <p class="hint panel-hint">
        <b class="accent">{t("strategy")}</b> · <b>{t("buy-and-hold")}</b> · <b class="down">{t("drawdown")}</b>
      </p>
    </>
  );
}

const LEAST_SPACING = 0.01; // pixels a bar: usually half of one, and ten years of days would be cut at the left

export function showAll(chart: IChartApi): void {
  chart.timeScale().applyOptions({ minBarSpacing: LEAST_SPACING });
  chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.06, bottom: 0.04 } });
  chart.timeScale().fitContent();
}

// One value for each session, in order; what is not known is left out.
export function values(points: readonly EquityPoint[], name: "equity" | "buy_and_hold" | "drawdown"): { time: Time; value: number }[] {
  const found = new Map<string, number>();
  for (const point of points) {
    const value = point[name];
    if (value !== null) found.set(point.session ?? point.date.slice(0, 10), value);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([time, value]) => ({ time, value }));
}
