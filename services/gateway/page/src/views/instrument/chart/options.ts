// Colours, fonts, axes of the chart, from the style of the page, its language and time zone.
import { type ChartOptions, ColorType, CrosshairMode, type DeepPartial, type PriceScaleMode, type Time } from "lightweight-charts";
import type { Instrument, Timeframe } from "../../../data/types";
import { inZone, shortDateTime } from "../../../i18n/format";
import { language } from "../../../i18n/words";
import { isIntraday, sortKey } from "../candles";

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

interface Axis {
  timeframe: Timeframe;
  instrument: Instrument | undefined;
  width: number;
  mode: PriceScaleMode;
}

export function chartOptions({ timeframe, instrument, width, mode }: Axis): DeepPartial<ChartOptions> {
  const intraday = isIntraday(timeframe);
  const label = { color: colour("muted"), labelBackgroundColor: colour("accent") };
  return {
    layout: {
      background: { type: ColorType.Solid, color: colour("panel") },
      textColor: colour("muted"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      attributionLogo: true,
      panes: { separatorColor: colour("line"), separatorHoverColor: colour("hover") },
    },
    grid: { vertLines: { color: colour("grid") }, horzLines: { color: colour("grid") } },
    rightPriceScale: { mode, borderVisible: false, scaleMargins: { top: width < 500 ? 0.22 : 0.14, bottom: 0.2 } },
    timeScale: {
      borderVisible: false,
      rightOffset: 4,
      timeVisible: intraday,
      secondsVisible: false,
      tickMarkFormatter: intraday ? (time: Time, kind: number) => tickMark(time, kind, instrument) : (undefined as never),
    },
    localization: {
      locale: language(),
      timeFormatter: intraday ? (time: Time) => shortDateTime(Number(time) * 1000, instrument) : (time: Time) => sortKey(time),
    },
    crosshair: { mode: CrosshairMode.Normal, vertLine: label, horzLine: label },
  };
}

const TICKS: Intl.DateTimeFormatOptions[] = [{ year: "numeric" }, { month: "short" }, { month: "short", day: "numeric" }];

// Axis labels in the chosen time zone.
function tickMark(time: Time, kind: number, instrument: Instrument | undefined): string {
  return inZone(Number(time) * 1000, TICKS[kind] ?? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, instrument);
}
