/** The small line's geometry, in a box of 100 by 24. */

export const HALF_HOUR = 1_800_000;
const [WIDTH, HEIGHT, INSET] = [100, 24, 2];

export interface Point {
  /** Milliseconds. */
  at: number;
  value: number | null;
}

/** A half-hour's figure: its value, and what it is made of. */
export interface Slot extends Point {
  numerator: number;
  denominator: number;
  /** Whether values add up, or are numerator over denominator. */
  sum: boolean;
}

/** More points than this only make the small line ragged. */
export const POINTS_MAX = 96;

/** Joins neighbouring half-hours until few enough are left; a joined value is computed anew from its parts. */
export function joined(slots: readonly Slot[], step: number): { points: Point[]; step: number } {
  const [first, last] = [slots[0], slots.at(-1)];
  if (!first || !last) return { points: [], step };
  const width = step * Math.ceil(((last.at - first.at) / step + 1) / POINTS_MAX);
  if (width === step) return { points: [...slots], step };
  const bins = new Map<number, { numerator: number; denominator: number; sum: boolean }>();
  for (const { at, numerator, denominator, sum } of slots) {
    const bin = Math.floor((at - first.at) / width);
    const before = bins.get(bin) ?? { numerator: 0, denominator: 0, sum };
    bins.set(bin, { numerator: before.numerator + numerator, denominator: before.denominator + denominator, sum });
  }
  const points = [...bins].map(([bin, { numerator, denominator, sum }]) => ({
    at: first.at + bin * width,
    value: sum ? numerator : denominator === 0 ? null : numerator / denominator,
  }));
  return { points, step: width };
}

/** A path through the known points, broken where a half-hour is missing or unknown; the target's height, if any. */
export function sparkPaths(
  points: readonly Point[],
  step: number,
  target: number | null,
): { line: string; target: number | null } {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || values.length === 0) return { line: '', target: null };
  const highest = Math.max(...values, target ?? 0);
  const lowest = Math.min(...values, target ?? Infinity, target === null ? 0 : 1);
  const height = (value: number): number => {
    const part = highest === lowest ? 0.5 : (value - lowest) / (highest - lowest);
    return HEIGHT - INSET - part * (HEIGHT - 2 * INSET);
  };
  const length = last.at - first.at || step;
  const text = (value: number): string => value.toFixed(2).replace(/\.?0+$/, '');
  let line = '';
  let before: Point | null = null;
  for (const point of points) {
    if (point.value !== null) {
      const follows = before !== null && before.value !== null && point.at - before.at <= step;
      const [x, y] = [text(((point.at - first.at) / length) * WIDTH), text(height(point.value))];
      // A lone point is a line to itself, which its round cap makes a dot.
      line += follows ? `L${x} ${y}` : `M${x} ${y}h0`;
    }
    before = point;
  }
  return { line, target: target === null ? null : Number(text(height(target))) };
}
