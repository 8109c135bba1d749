import { describe, expect, it } from 'vitest';

import { find, findable, type Command } from '../src/frame/commands';
import { bins, keyMove, momentAt, outline, partOf } from '../src/frame/density';
import { focusOf, meaning, type Stroke, type Surroundings } from '../src/frame/keys';
import { read } from '../src/route.svelte';
import { order } from '../src/views/live/order';
import { joined, sparkPaths } from '../src/views/live/spark';
import type { Figure, Group } from '../src/bindings';

const MINUTE = 60_000_000;

function press(key: string, more: Partial<Stroke> = {}): Stroke {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { key, code: '', keyCode: 0, isComposing: false, repeat: false, ...none, ...more };
}
const PAGE: Surroundings = { focus: 'page', dialog: false, singleKeys: true, led: false };

describe('a key', () => {
  it.each<[Stroke, ReturnType<typeof meaning>]>([
    [press(' '), { kind: 'play' }],
    [press('ArrowLeft'), { kind: 'step', minutes: -1 }],
    [press('ArrowRight', { shiftKey: true }), { kind: 'step', minutes: 30 }],
    [press('t'), { kind: 'goto' }],
    [press('l'), { kind: 'live' }],
    [press('?', { shiftKey: true }), { kind: 'sheet' }],
    [press('k', { ctrlKey: true }), { kind: 'palette' }],
    [press('K', { metaKey: true }), { kind: 'palette' }],
    [press('¡', { altKey: true, code: 'Digit1' }), { kind: 'screen', number: 1 }],
    [press('Escape'), { kind: 'close' }],
    [press('1'), null],
    [press('t', { ctrlKey: true }), null],
    [press('4', { altKey: true, code: 'Digit4' }), null],
  ])('%o means %o on the page', (stroke, want) => {
    expect(meaning(stroke, PAGE)).toEqual(want);
  });

  it('belongs to the input method while it composes', () => {
    for (const key of [' ', 'Enter', 'l', 'Escape', 'ArrowLeft']) {
      expect(meaning(press(key, { isComposing: true }), PAGE)).toBeNull();
      expect(meaning(press(key, { keyCode: 229 }), PAGE)).toBeNull();
    }
    expect(meaning(press('k', { ctrlKey: true, keyCode: 229 }), PAGE)).toBeNull();
  });

  it('is only typed while typing, but chords and Esc still act', () => {
    const typing: Surroundings = { ...PAGE, focus: 'typing' };
    for (const key of [' ', 'l', 't', 'g', '?', 'ArrowLeft']) expect(meaning(press(key), typing)).toBeNull();
    expect(meaning(press('k', { ctrlKey: true }), typing)).toEqual({ kind: 'palette' });
    expect(meaning(press('Escape'), typing)).toEqual({ kind: 'close' });
  });

  it('presses the focused control before it plays', () => {
    expect(meaning(press(' '), { ...PAGE, focus: 'control' })).toBeNull();
    expect(meaning(press('l'), { ...PAGE, focus: 'control' })).toEqual({ kind: 'live' });
  });

  it('after g chooses a screen', () => {
    expect(meaning(press('g'), PAGE)).toEqual({ kind: 'lead' });
    expect(meaning(press('2'), { ...PAGE, led: true })).toEqual({ kind: 'screen', number: 2 });
  });

  it('can be turned off where it is single', () => {
    const off: Surroundings = { ...PAGE, singleKeys: false };
    for (const key of [' ', 'l', 't', 'g', '?']) expect(meaning(press(key), off)).toBeNull();
    expect(meaning(press('2', { altKey: true, code: 'Digit2' }), off)).toEqual({ kind: 'screen', number: 2 });
  });

  it('is left to a dialog that is open', () => {
    expect(meaning(press('Escape'), { ...PAGE, dialog: true })).toBeNull();
    expect(meaning(press('l'), { ...PAGE, dialog: true })).toBeNull();
  });

  it('knows what has the focus', () => {
    const make = (tag: string, role = ''): HTMLElement => {
      const element = document.createElement(tag);
      if (role) element.setAttribute('role', role);
      return element;
    };
    expect(focusOf(make('input'))).toBe('typing');
    expect(focusOf(make('select'))).toBe('typing');
    expect(focusOf(make('button'))).toBe('control');
    expect(focusOf(make('div', 'slider'))).toBe('slider');
    expect(focusOf(make('main'))).toBe('page');
    expect(focusOf(null)).toBe('page');
  });
});

describe('the time line', () => {
  const extent = { from: 0, to: 100 * MINUTE };

  it('finds the moment under the pointer and the place of a moment, inside its ends', () => {
    expect(momentAt(extent, 0.25)).toBe(25 * MINUTE);
    expect(momentAt(extent, -1)).toBe(0);
    expect(momentAt(extent, 2)).toBe(100 * MINUTE);
    expect(partOf(extent, 25 * MINUTE)).toBe(0.25);
    expect(partOf(extent, -5)).toBe(0);
    expect(partOf({ from: 7, to: 7 }, 7)).toBe(1);
  });

  it.each([
    ['ArrowLeft', false, 49],
    ['ArrowRight', false, 51],
    ['ArrowRight', true, 80],
    ['PageDown', false, 20],
    ['Home', false, 0],
    ['End', false, 100],
  ])('%s with shift %s goes to minute %d', (key, shift, want) => {
    expect(keyMove(key, shift, extent, 50 * MINUTE)).toBe(want * MINUTE);
  });

  it('does not leave its ends and ignores other keys', () => {
    expect(keyMove('PageUp', false, extent, 90 * MINUTE)).toBe(100 * MINUTE);
    expect(keyMove('a', false, extent, 0)).toBeNull();
  });

  it('counts every event once', () => {
    const slots = [
      [0, 30],
      [15 * MINUTE, 6],
      [90 * MINUTE, 10],
    ] as const;
    const filled = bins(slots, { from: 0, to: 105 * MINUTE }, 7);
    expect(filled).toHaveLength(7);
    expect(filled.reduce((sum, n) => sum + n, 0)).toBeCloseTo(46);
    expect(filled[0]).toBeCloseTo(30);
    const fine = bins(slots, { from: 0, to: 105 * MINUTE }, 40);
    expect(fine.reduce((sum, n) => sum + n, 0)).toBeCloseTo(46);
  });

  it('draws nothing when nothing happened', () => {
    expect(outline([0, 0])).toBe('');
    expect(bins([], { from: 5, to: 5 }, 3)).toEqual([0, 0, 0]);
    expect(outline([0, 4])).toBe('M0 1V1.000H1V0.000H2V1Z');
  });
});

describe('the palette', () => {
  const sounds: Record<string, string> = { 李静: 'lijing lj', 售后: 'shouhou sh' };
  const make = (label: string, also = ''): Command => ({ id: label, group: 'g', label, also, run: () => undefined });
  const commands = findable(
    [
      make('Live', 'live'),
      make('Return to live'),
      make('李静', 'a-001'),
      make('售后'),
      make('Service level', 'sl.genesys'),
    ],
    (text) => sounds[text] ?? '',
  );
  const labels = (typed: string): string[] => find(commands, typed).map(({ label }) => label);

  it.each([
    ['liv', 'Live'],
    ['李', '李静'],
    ['lj', '李静'],
    ['lijing', '李静'],
    ['shouhou', '售后'],
    ['a-001', '李静'],
    ['svc lvl', 'Service level'],
    ['ｌｉｖｅ', 'Live'],
  ])('%s finds %s first', (typed, want) => {
    expect(labels(typed)[0]).toBe(want);
  });

  it('lists everything before anything is typed, and nothing for nonsense', () => {
    expect(labels('')).toHaveLength(5);
    expect(labels('qqqq')).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    ['#/live', { screen: 'live', conversation: null }],
    ['', { screen: 'live', conversation: null }],
    ['#/nowhere', { screen: 'live', conversation: null }],
    ['#/conversations', { screen: 'conversations', conversation: null }],
    ['#/conversations/a%2Fb%20%E5%94%AE', { screen: 'conversations', conversation: 'a/b 售' }],
    ['#/conversations/%E5%9', { screen: 'conversations', conversation: null }],
    ['#/import', { screen: 'import', conversation: null }],
  ])('%s is %o', (hash, want) => {
    expect(read(hash)).toEqual(want);
  });
});

describe('the queue table', () => {
  const group = (name: string | null, value: number | null): Group => ({
    key: [name],
    figures: [{ metric: 'm', value } as Figure],
  });
  const names = (groups: Group[]): (string | null | undefined)[] => groups.map(({ key }) => key[0]);
  const groups = [group('b', 2), group(null, 1), group('a', null), group('c', 3)];

  it('puts what is not known last both ways', () => {
    expect(names(order(groups, { by: 'm', down: false }))).toEqual([null, 'b', 'c', 'a']);
    expect(names(order(groups, { by: 'm', down: true }))).toEqual(['c', 'b', null, 'a']);
  });

  it('sorts by name with the unnamed last', () => {
    expect(names(order(groups, { by: 'queue', down: false }))).toEqual(['a', 'b', 'c', null]);
  });
});

describe('the small line', () => {
  it('joins half-hours of many days by what they are made of', () => {
    const slot = (at: number, numerator: number, denominator: number, sum: boolean) => ({
      ...{ at, numerator, denominator, sum },
      value: sum ? numerator : numerator / denominator,
    });
    const many = (sum: boolean) =>
      Array.from({ length: 192 }, (_, at) => slot(at, at % 2 ? 9 : 0, at % 2 ? 9 : 1, sum));
    const shares = joined(many(false), 1);
    expect(shares.step).toBe(2);
    expect(shares.points).toHaveLength(96);
    expect(shares.points[0]).toEqual({ at: 0, value: 0.9 });
    expect(joined(many(true), 1).points[0]).toEqual({ at: 0, value: 9 });
    expect(joined(many(true).slice(0, 5), 1).points).toHaveLength(5);
  });

  it('breaks where nothing is known and makes a lone point a dot', () => {
    const points = [
      { at: 0, value: 0 },
      { at: 10, value: 1 },
      { at: 20, value: null },
      { at: 40, value: 1 },
    ];
    expect(sparkPaths(points, 10, null).line).toBe('M0 22h0L25 2M100 2h0');
    expect(joined([], 10)).toEqual({ points: [], step: 10 });
    expect(sparkPaths([], 10, 0.8)).toEqual({ line: '', target: null });
  });
});
