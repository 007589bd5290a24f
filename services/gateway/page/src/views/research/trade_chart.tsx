// The trades of one instrument on its stored bars.
import { CandlestickSeries, createChart, createSeriesMarkers, type SeriesMarker, type Time } from "lightweight-charts";
import { useEffect, useRef } from "preact/hooks";
import { api } from "../../data/api";
import { isDark, preferences } from "../../data/preferences";
import { TIMEFRAMES } from "../../data/types";
import { percent } from "../../i18n/format";
import { nameOf } from "../../i18n/names";
import { t } from "../../i18n/words";
import { Select } from "../../ui/choices";
import { useReading } from "../../ui/reading";
import { useSession } from "../../ui/session";
import { Empty, Failure, Loading } from "../../ui/states";
import { barTime, candles, isIntraday, sortKey } from "../instrument/candles";
import { chartOptions, colour } from "../instrument/chart/options";
import { showAll } from "./equity_chart";
import type { Trade } from "./jobs";

const BARS = 5000;

interface Props {
  symbol: string;
  symbols: string[];
  choose: (symbol: string) => void;
  trades: Trade[];
  timeframe: string;
  isTape: boolean;
}

export function TradeChart({ symbol, symbols, choose, trades, timeframe, isTape }: Props) {
  const { market } = useSession();
  const frame = TIMEFRAMES.find((each) => each === timeframe) ?? "1Day";
  const reading = useReading((cancelled) => api.bars(symbol, frame, BARS, cancelled, "raw"), [symbol, frame]);
  const container = useRef<HTMLDivElement>(null);
  const bars = reading.value?.results ?? [];
  const look = `${isDark.value} ${preferences.colours.value} ${preferences.language.value}`;
  const isDrawn = bars.length > 0 && !isIntraday(frame);
  useEffect(() => {
    if (!container.current || !isDrawn) return;
    const chart = createChart(container.current, {
      autoSize: true,
      ...chartOptions({ timeframe: frame, instrument: market.instrument(symbol), width: container.current.clientWidth, mode: 0 }),
    });
    const series = chart.addSeries(CandlestickSeries, {
      borderVisible: false,
      upColor: colour("up"),
      downColor: colour("down"),
      wickUpColor: colour("up"),
      wickDownColor: colour("down"),
    });
    series.setData(candles(bars, frame));
    createSeriesMarkers(series, tradeMarkers(trades, new Set(bars.map((bar) => sortKey(barTime(bar, frame))))));
    showAll(chart);
    return () => chart.remove();
  }, [reading.value, trades, look]);
  return (
    <div class="trade-chart no-print">
      {symbols.length > 1 && (
        <Select
          label={t("instrument")}
          options={symbols}
          value={symbol}
          name={(each) => nameOf(market.instrument(each) ?? { name: each, name_ko: each })}
          choose={choose}
        />
      )}
      {reading.error && <Failure error={reading.error} retry={reading.again} />}
      {!reading.value && !reading.error && <Loading />}
      {reading.value && !isDrawn && <Empty>{t("no-bars")}</Empty>}
      {isDrawn && <figure class="equity-chart" ref={container} aria-label={t("trades-label", { symbol, n: trades.length })} />}
      {isDrawn && isTape && <p class="hint panel-hint">{t("tape-note")}</p>}
    </div>
  );
}

// Entries and exits on the bars that are shown.
export function tradeMarkers(trades: readonly Trade[], shown: ReadonlySet<string>): SeriesMarker<Time>[] {
  const found = trades.flatMap((trade): SeriesMarker<Time>[] => {
    const isLong = trade.side === "long";
    return [
      {
        time: trade.entry,
        position: isLong ? "belowBar" : "aboveBar",
        shape: isLong ? "arrowUp" : "arrowDown",
        color: colour(isLong ? "up" : "down"),
        text: "",
      },
      {
        time: trade.exit,
        position: isLong ? "aboveBar" : "belowBar",
        shape: "circle",
        color: colour(trade.return >= 0 ? "up" : "down"),
        text: percent(trade.return, 0),
      },
    ];
  });
  return found.filter((marker) => shown.has(sortKey(marker.time))).sort((a, b) => (sortKey(a.time) < sortKey(b.time) ? -1 : 1));
}
