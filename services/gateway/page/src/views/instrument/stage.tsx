// The chart with its tools, its legend and the table of the same numbers.
import { useEffect, useRef } from "preact/hooks";
import { failingSources, HISTORY_SOURCE, sourceText } from "../../i18n/outage";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { useSession } from "../../ui/session";
import { BarTable } from "./bar_table";
import type { ChartModel } from "./chart_model";
import { Legend } from "./legend";
import { LevelBox } from "./level_box";
import { Tools } from "./tools";

interface Props {
  model: ChartModel;
  compare: (symbol: string | null) => void;
}

export function Stage({ model, compare }: Props) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (container.current) model.attach(container.current);
    return () => model.dispose();
  }, [model]);
  const { drawing, shows, isBusy } = model;
  const bars = shows.value ? { "data-bars": String(drawing.value.bars.length), "data-shows": shows.value } : {};
  return (
    <>
      <Tools model={model} compare={compare} />
      <div class="canvas">
        <Legend model={model} />
        <figure
          class="drawing"
          ref={container}
          {...bars}
          aria-busy={isBusy.value ? "true" : undefined}
          aria-label={t("chart-label", { symbol: model.symbol })}
        />
        <ChartNote model={model} />
      </div>
      <LevelBox model={model} />
      <BarTable model={model} />
    </>
  );
}

// A chart without bars, with the error where the price history cannot be read.
function ChartNote({ model }: { model: ChartModel }) {
  const { status } = useSession();
  const note = model.note.value;
  const history = failingSources(status.value).filter((each) => each.source === HISTORY_SOURCE);
  return (
    <div class="note" role="status" hidden={note === null && model.shows.value !== ""}>
      {note === null && model.shows.value === "" && <p>{t("loading")}</p>}
      {note?.kind === "empty" && <p>{[t("no-bars"), ...history.map(sourceText)].join(" ")}</p>}
      {note?.kind === "failed" && (
        <>
          <p>{`${t("failed")}: ${errorText(note.error)}`}</p>
          <button type="button" class="button" onClick={() => model.retry()}>
            {t("retry")}
          </button>
        </>
      )}
    </div>
  );
}
