/** The order of the queue table. */
import type { Group } from '../../bindings';

export interface Sorting {
  /** A metric's id, or `queue` for the name. */
  by: string;
  down: boolean;
}

const names = new Intl.Collator(['zh', 'en'], { numeric: true });

/** The groups in a person's order: what is not known comes last both ways, and equal values by name. */
export function order(groups: readonly Group[], { by, down }: Sorting): Group[] {
  const turn = down ? -1 : 1;
  const byName = (a: Group, b: Group): number => {
    const [left, right] = [a.key[0] ?? null, b.key[0] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return names.compare(left, right);
  };
  if (by === 'queue') return groups.toSorted((a, b) => turn * byName(a, b));
  const value = (group: Group): number | null => group.figures.find(({ metric }) => metric === by)?.value ?? null;
  return groups.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    return turn * (left - right) || byName(a, b);
  });
}
