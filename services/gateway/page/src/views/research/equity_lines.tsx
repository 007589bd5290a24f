// The equity of several runs, each from 100, so that they can be compared.
import { createChart, LineSeries } from "lightweight-charts";
import { useEffect, useRef } from "preact/hooks";
import { isDark, preferences } from "../../data/preferences";
import { plain } from "../../i18n/format";
import { t } from "../../i18n/words";
import { chartOptions, colour } from "../instrument/chart/options";
import { showAll, values } from "./equity_chart";
import { type EquityPoint, MOST_COMPARED } from "./jobs";

const FIRST = 100;

export interface NamedEquity {
  name: string;
  points: EquityPoint[];
}

export function EquityLines({ runs }: { runs: NamedEquity[] }) {
  const container = useRef<HTMLDivElement>(null);
  const look = `${isDark.value} ${preferences.colours.value} ${preferences.language.value}`;
  useEffect(() => {
    if (!container.current) return;
    const chart = createChart(container.current, {
      autoSize: true,
      ...chartOptions({ timeframe: "1Day", instrument: undefined, width: container.current.clientWidth, mode: 0 }),
    });
    for (const [i, run] of runs.entries()) {
      const series = chart.addSeries(LineSeries, {
        color: colour(lineOf(i)),
        lineWidth: 2,
        priceLineVisible: false,
        priceFormat: { type: "custom", minMove: 0.01, formatter: (value: number) => plain(value, 0) },
      });
      series.setData(rebased(run.points));
    }
    showAll(chart);
    return () => chart.remove();
  }, [runs, look]);
  return (
    <>
      <figure class="equity-chart" ref={container} aria-label={t("equity-lines-label", { n: runs.length })} />
      <p class="hint panel-hint">
        {runs.map((run, i) => (
          <span key={`${i} ${run.name}`} class={`figure ${lineOf(i)}`}>
            <b>{run.name}</b>{" "}
          </span>
        ))}
      </p>
    </>
  );
}

const lineOf = (i: number) => `line-${(i % MOST_COMPARED) + 1}`;

export function rebased(points: readonly EquityPoint[]): ReturnType<typeof values> {
  const found = values(points, "equity");
  const first = found[0]?.value ?? 0;
  return first > 0 ? found.map(({ time, value }) => ({ time, value: (value / first) * FIRST })) : [];
}
