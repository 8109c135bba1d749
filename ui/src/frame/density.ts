/** The playhead's line: how many events happened when, and which moment lies where. */
import type { Moment } from '../bindings';

/** One entry of the status' density: a quarter of an hour's first moment and its events. */
export type Slot = readonly [Moment, number];
const SLOT: Moment = 900_000_000;

export interface Extent {
  from: Moment;
  to: Moment;
}

/** The moment at a share of the line, inside it. */
export function momentAt(extent: Extent, part: number): Moment {
  const inside = Math.min(Math.max(part, 0), 1);
  return Math.round(extent.from + inside * (extent.to - extent.from));
}

/** How far along the line a moment lies, 0..=1; a line without length has everything at its end. */
export function partOf(extent: Extent, at: Moment): number {
  const length = extent.to - extent.from;
  if (length <= 0) return 1;
  return Math.min(Math.max((at - extent.from) / length, 0), 1);
}

/** Events per bin over an extent; a slot that spans several bins is spread over them. */
export function bins(slots: readonly Slot[], extent: Extent, n: number): number[] {
  const filled = new Array<number>(n).fill(0);
  const width = (extent.to - extent.from) / n;
  if (width <= 0) return filled;
  for (const [start, events] of slots) {
    const from = Math.max(start, extent.from);
    const to = Math.min(start + SLOT, extent.to);
    if (to <= from) continue;
    const last = Math.min(n - 1, Math.ceil((to - extent.from) / width) - 1);
    for (let bin = Math.floor((from - extent.from) / width); bin <= last; bin += 1) {
      const left = Math.max(from, extent.from + bin * width);
      const right = Math.min(to, extent.from + (bin + 1) * width);
      filled[bin] = (filled[bin] ?? 0) + (events * Math.max(0, right - left)) / SLOT;
    }
  }
  return filled;
}

/** The outline of the bins as an SVG path in a box of `n` by 1, standing on its lower edge. */
export function outline(filled: readonly number[]): string {
  const highest = Math.max(...filled, 0);
  if (highest === 0) return '';
  // The root keeps quiet hours visible beside busy ones.
  const top = (events: number): string => (1 - Math.sqrt(events / highest)).toFixed(3);
  const steps = filled.map((events, bin) => `V${top(events)}H${bin + 1}`);
  return `M0 1${steps.join('')}V1Z`;
}

/** What a key does to the slider, or `null` when it means nothing to it. */
export function keyMove(key: string, shift: boolean, extent: Extent, at: Moment): Moment | null {
  const minutes = (n: number): Moment => Math.min(Math.max(at + n * 60_000_000, extent.from), extent.to);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return minutes(shift ? -30 : -1);
    case 'ArrowRight':
    case 'ArrowUp':
      return minutes(shift ? 30 : 1);
    case 'PageDown':
      return minutes(-30);
    case 'PageUp':
      return minutes(30);
    case 'Home':
      return extent.from;
    case 'End':
      return extent.to;
    default:
      return null;
  }
}
