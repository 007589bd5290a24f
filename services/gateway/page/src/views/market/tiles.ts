// Places the industries of a heat map: the area is the number of members, as a share of the map in percent.
import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";
import type { Industry } from "../../data/types";

export interface Tile {
  industry: Industry;
  left: number;
  top: number;
  width: number;
  height: number;
}

type Node = { industry: Industry | null; children?: Node[] };

export function tiles(industries: readonly Industry[], ratio: number): Tile[] {
  const shown = industries.filter((each) => each.instruments > 0);
  const root = hierarchy<Node>({ industry: null, children: shown.map((industry) => ({ industry })) })
    .sum((node) => node.industry?.instruments ?? 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0) || (a.data.industry?.industry ?? "").localeCompare(b.data.industry?.industry ?? ""));
  const placed = treemap<Node>()
    .size([100 * ratio, 100])
    .tile(treemapSquarify.ratio(1.4))(root);
  return (placed.children ?? []).flatMap((node) =>
    node.data.industry
      ? [
          {
            industry: node.data.industry,
            left: node.x0 / ratio,
            top: node.y0,
            width: (node.x1 - node.x0) / ratio,
            height: node.y1 - node.y0,
          },
        ]
      : [],
  );
}

const STEPS = [0.002, 0.0075, 0.015, 0.03];

// How strong a move is, for the colour: 0 for none to 4, with the sign of the move; null where it is not known.
export function strength(move: number | null): number | null {
  if (move === null) return null;
  const size = STEPS.filter((step) => Math.abs(move) >= step).length;
  return move < 0 ? -size : size;
}
