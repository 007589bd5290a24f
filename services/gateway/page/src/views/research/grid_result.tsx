// The result of a grid: the heat map with the plateau, the chosen set out of sample, and what the choice is worth.
import { plain } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { useReading } from "../../ui/reading";
import { Empty, Failure, Loading } from "../../ui/states";
import { type Column, Table } from "../../ui/table";
import { Figure, figureName, figuresOf, inOrder } from "./figures";
import { type HeatMap, isIncomplete, isOnPlateau, isSetAt, levels, rowsOf } from "./heat";
import { type Job, jobsApi } from "./jobs";
import { Overfitting } from "./overfitting";

const USUAL_RADIUS = 1; // where the request has none

type Json = Record<string, unknown>;
const object = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

export function GridResult({ job }: { job: Job }) {
  const result = job.result ?? {};
  const file = job.files?.find((each) => each.name === "heatmap.json");
  const heat = useReading(async (cancelled) => (file ? jobsApi.file<HeatMap>(file.url, cancelled) : null), [job.id, file?.url]);
  const title = t("heat", { objective: figureName(String(result["objective"] ?? "sharpe")) });
  return (
    <>
      <Chosen result={result} />
      <Panel id="heat" class="equity-panel" title={title} footer={t("heat-hint")}>
        {heat.error && <Failure error={heat.error} retry={heat.again} />}
        {!heat.error && heat.isBusy && !heat.value && <Loading />}
        {!heat.error && !heat.isBusy && !heat.value && <Empty>{t("no-heat")}</Empty>}
        {heat.value && <Heat heat={heat.value} title={title} peak={figuresOf(object(result["peak"])["set"])} radius={radiusOf(job)} />}
      </Panel>
      <Overfitting found={figuresOf(result["overfitting"])} />
    </>
  );
}

function radiusOf(job: Job): number {
  const asked = job.parameters?.["radius"];
  return typeof asked === "number" ? asked : USUAL_RADIUS;
}

interface HeatProps {
  heat: HeatMap;
  title: string;
  peak: Record<string, number | null>;
  radius: number;
}

function Heat({ heat, title, peak, radius }: HeatProps) {
  const level = levels(heat);
  const { across, down } = heat;
  const fixed = Object.entries(heat.fixed).map(([name, value]) => `${name} = ${plain(value, 4)}`);
  const mark = (row: number, column: number) =>
    heat.chosen[0] === row && heat.chosen[1] === column ? "chosen" : isSetAt(heat, peak, row, column) ? "peak" : "";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table class="heat">
        <caption>{[down ? t("heat-axes", { x: across.name, y: down.name }) : across.name, ...fixed].join(" · ")}</caption>
        <thead>
          <tr>
            <th scope="col">{down?.name ?? ""}</th>
            {across.values.map((value) => (
              <th key={value} scope="col" class="numeric">
                {plain(value, 4)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(heat).map((row) => (
            <tr key={row.index}>
              <th scope="row">{row.value === null ? "" : plain(row.value, 4)}</th>
              {across.values.map((value, column) => {
                const cell = heat.cells[row.index]?.[column] ?? null;
                const marked = mark(row.index, column);
                return (
                  <td
                    key={value}
                    class={`numeric ${marked} ${isOnPlateau(heat, row.index, column, radius) ? "plateau" : ""}`}
                    data-heat={level(cell)}
                    title={marked ? t(`heat-${marked}`) : cell === null ? t("why-no-set") : undefined}
                  >
                    {plain(cell)}
                    {marked && <span class="unseen"> ({t(`heat-${marked}`)})</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {isIncomplete(heat) && <p class="hint panel-hint">{t("heat-empty", { why: t("why-no-set") })}</p>}
    </section>
  );
}

function Chosen({ result }: { result: Json }) {
  const part = (set: "chosen" | "peak", bars: "development" | "test") => figuresOf(object(result[set])[bars]);
  const held = figuresOf(object(result["buy_and_hold"])["test"]);
  const names = inOrder(Object.keys(part("chosen", "test")));
  const columns: Column<string>[] = [
    { id: "figure", title: t("figure"), cell: (name) => figureName(name) },
    {
      id: "development",
      title: t("in-sample"),
      numeric: true,
      cell: (name) => <Figure name={name} value={part("chosen", "development")[name]} />,
    },
    { id: "test", title: t("out-of-sample"), numeric: true, cell: (name) => <Figure name={name} value={part("chosen", "test")[name]} /> },
    {
      id: "peak",
      title: t("peak-out-of-sample"),
      numeric: true,
      cell: (name) => <Figure name={name} value={part("peak", "test")[name]} />,
    },
    {
      id: "held",
      title: t("buy-and-hold"),
      numeric: true,
      cell: (name) => (name in held ? <Figure name={name} value={held[name]} /> : ""),
    },
  ];
  const set = Object.entries(figuresOf(object(result["chosen"])["set"])).map(([name, value]) => `${name} = ${plain(value, 4)}`);
  return (
    <Panel id="chosen" class="figures-panel" title={t("chosen-set")} footer={t("with-costs", { costs: String(result["costs"] ?? "") })}>
      <p class="panel-hint">
        <b>{set.join(", ")}</b>
      </p>
      {names.length === 0 ? (
        <Empty>{t("no-figures")}</Empty>
      ) : (
        <Table label={t("chosen-set")} columns={columns} rows={names} rowKey={(name) => name} />
      )}
    </Panel>
  );
}
