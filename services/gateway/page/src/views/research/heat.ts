// The heat map of a grid, as heatmap.json has it: the objective on the development part over one or two parameters.
export interface HeatMap {
  objective: string;
  across: { name: string; values: number[] };
  down: { name: string; values: number[] } | null;
  fixed: Record<string, number>;
  chosen: [row: number, column: number];
  cells: (number | null)[][];
}

const LEVELS = 5;

// Rows from the highest value down, as an axis goes up.
export function rowsOf(heat: HeatMap): { index: number; value: number | null }[] {
  return heat.cells.map((_, index) => ({ index, value: heat.down?.values[index] ?? null })).reverse();
}

// How high a value stands between the lowest and the highest one: 0 to 4.
export function levels(heat: HeatMap): (value: number | null) => number | undefined {
  const known = heat.cells.flat().filter((value): value is number => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return (value) => {
    if (value === null) return undefined;
    return most > least ? Math.min(LEVELS - 1, Math.floor(((value - least) / (most - least)) * LEVELS)) : LEVELS - 1;
  };
}

// Whether a cell is one of those whose mean has chosen the set: within `radius` steps of it along both parameters.
export function isOnPlateau(heat: HeatMap, row: number, column: number, radius: number): boolean {
  const [chosenRow, chosenColumn] = heat.chosen;
  return Math.max(Math.abs(row - chosenRow), Math.abs(column - chosenColumn)) <= radius;
}

export function isSetAt(heat: HeatMap, set: Record<string, number | null>, row: number, column: number): boolean {
  const { across, down, fixed } = heat;
  if (set[across.name] !== across.values[column]) return false;
  if (down && set[down.name] !== down.values[row]) return false;
  return Object.entries(fixed).every(([name, value]) => set[name] === value);
}

// Whether some sets have no value.
export const isIncomplete = (heat: HeatMap): boolean =>
  rowsOf(heat).some((row) => heat.across.values.some((_, column) => (heat.cells[row.index]?.[column] ?? null) === null));
