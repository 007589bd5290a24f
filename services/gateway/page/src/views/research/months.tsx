// The return of each month and year.
import { percent } from "../../i18n/format";
import { language, t } from "../../i18n/words";
import { sign } from "../../ui/numbers";
import { Panel } from "../../ui/panel";
import { Empty } from "../../ui/states";

interface Year {
  year: number;
  months: (number | null)[];
  total: number | null;
}

export function monthsOf(value: unknown): Year[] {
  return Array.isArray(value) ? (value as Year[]).filter((each) => typeof each?.year === "number" && Array.isArray(each.months)) : [];
}

const monthName = (month: number) => new Intl.DateTimeFormat(language(), { month: "short" }).format(new Date(2000, month, 15));

export function Months({ years }: { years: Year[] }) {
  return (
    <Panel id="months" class="wide" title={t("months")}>
      {years.length === 0 && <Empty>{t("no-months")}</Empty>}
      {years.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <section class="scroll" tabIndex={0} aria-label={t("months")}>
          <table class="months">
            <thead>
              <tr>
                <th scope="col">{t("year-column")}</th>
                {Array.from({ length: 12 }, (_, i) => (
                  <th key={String(i)} scope="col" class="numeric">
                    {monthName(i)}
                  </th>
                ))}
                <th scope="col" class="numeric">
                  {t("whole-year")}
                </th>
              </tr>
            </thead>
            <tbody>
              {years.map(({ year, months, total }) => (
                <tr key={year}>
                  <th scope="row">{year}</th>
                  {[...months, total].map((value, i) => (
                    <td key={String(i)} class={`numeric ${sign(value)}`} title={value === null ? t("why-no-month") : undefined}>
                      {percent(value, 1)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  );
}
