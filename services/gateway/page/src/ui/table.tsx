// A table that can be sorted by a column. Rows without a value come last.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export interface Column<T> {
  id: string;
  title: string;
  cell: (row: T) => ComponentChildren;
  by?: (row: T) => number | string | null | undefined;
  numeric?: boolean;
  broad?: boolean; // its text may take several lines
  about?: string; // below the title
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  sort?: { id: string; down: boolean };
}

export function Table<T>({ label, columns, rows, rowKey, sort }: Props<T>) {
  const [order, setOrder] = useState(sort ?? null);
  const sorted = order ? sortRows(rows, columns.find((column) => column.id === order.id)?.by, order.down) : rows;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => {
              const isSorted = order?.id === column.id;
              return (
                <th
                  key={column.id}
                  scope="col"
                  class={column.numeric ? "numeric" : ""}
                  aria-sort={isSorted ? (order.down ? "descending" : "ascending") : "none"}
                >
                  {column.by ? (
                    <button
                      type="button"
                      onClick={() => setOrder({ id: column.id, down: isSorted ? !order.down : Boolean(column.numeric) })}
                    >
                      {column.title}
                    </button>
                  ) : (
                    column.title
                  )}
                  {column.about && <small class="about">{column.about}</small>}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.id} class={column.numeric ? "numeric" : column.broad ? "broad" : ""}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function sortRows<T>(rows: readonly T[], by: Column<T>["by"], down: boolean): T[] {
  if (!by) return [...rows];
  const turn = down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one) ?? null, by(other) ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === "string" && typeof b === "string") return turn * a.localeCompare(b);
    return turn * (Number(a) - Number(b));
  });
}
