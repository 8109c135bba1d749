/** The small line's geometry, in a box of 100 by 24. */

export const HALF_HOUR = 1_800_000;
const [WIDTH, HEIGHT, INSET] = [100, 24, 2];

export interface Point {
  /** Milliseconds. */
  at: number;
  value: number | null;
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
      const joined = before !== null && before.value !== null && point.at - before.at <= step;
      const [x, y] = [text(((point.at - first.at) / length) * WIDTH), text(height(point.value))];
      // A lone point is a line to itself, which its round cap makes a dot.
      line += joined ? `L${x} ${y}` : `M${x} ${y}h0`;
    }
    before = point;
  }
  return { line, target: target === null ? null : Number(text(height(target))) };
}
