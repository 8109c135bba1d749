import { describe, expect, it } from 'vitest';

import * as format from '../src/format';
import type { Language } from '../src/words';
import { dayStart, momentAt, nextDay, parse, typed } from '../src/zone';

/** Spaces that do not break are written as plain ones here. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const at = (iso: string): number => Date.parse(iso) * 1000;

describe('values', () => {
  it('are grouped by thin spaces that do not break', () => {
    expect(format.number('en', 1_234_567)).toBe('1\u202f234\u202f567');
    expect(format.number('zh-Hans', 1234.5, 1)).toBe('1\u202f234.5');
  });

  it.each([
    [0.812_34, '81.2 %'],
    [1, '100.0 %'],
    [0, '0.0 %'],
  ])('share %d is %s', (value, want) => {
    expect(plain(format.share('en', value))).toBe(want);
  });

  it.each<[Language, number, string]>([
    ['en', 80, '1 m 20 s'],
    ['zh-Hans', 80, '1 分 20 秒'],
    ['zh-Hant', 3700, '1 小時 1 分'],
    ['en', 0, '0 s'],
    ['en', 7.4, '7.4 s'],
    ['en', 7.01, '7 s'],
    ['en', 9.96, '10 s'],
    ['en', 59.6, '1 m'],
    ['en', 86_400, '1 d'],
    ['en', 90_061, '1 d 1 h'],
    ['en', 3605, '1 h'],
    ['en', -80, '−1 m 20 s'],
  ])('%s span of %d s is %s', (language, secs, want) => {
    expect(plain(format.span(language, secs))).toBe(want);
  });

  it.each([
    [999, '999 B'],
    [2_401_876, '2.4 MB'],
  ])('%d bytes are %s', (size, want) => {
    expect(plain(format.bytes('en', size))).toBe(want);
  });
});

describe('moments', () => {
  it('are written in the zone of the desk', () => {
    const noon = at('2026-11-20T04:00:00Z');
    expect(format.moment('zh-Hans', 'Asia/Shanghai', noon, 'time')).toBe('12:00:00');
    expect(format.moment('en', 'America/New_York', noon, 'minute')).toBe('19 Nov 2026, 23:00');
    expect(format.moment('en', 'Asia/Shanghai', at('2026-11-19T16:00:00Z'), 'time')).toBe('00:00:00');
  });

  it('in a zone unknown here are written as UTC and say so', () => {
    expect(format.moment('en', 'Mars/Olympus', at('2026-11-20T04:00:00Z'), 'time')).toMatch(/^04:00:00.*UTC/);
  });

  it('keep their microseconds in files', () => {
    expect(format.rfc3339(at('2026-11-20T04:00:00.123Z') + 45)).toBe('2026-11-20T04:00:00.123045Z');
    expect(format.rfc3339(-1)).toBe('1969-12-31T23:59:59.999999Z');
  });
});

describe('a typed time', () => {
  const shown = at('2026-11-20T04:00:00Z');
  it.each([
    ['2026-03-03 10:14', '2026-03-03T02:14:00Z'],
    ['2026-03-03T10:14:05', '2026-03-03T02:14:05Z'],
    ['10:14', '2026-11-20T02:14:00Z'],
    ['１０：１４', '2026-11-20T02:14:00Z'],
    ['10时14分', '2026-11-20T02:14:00Z'],
    ['3-3 9:05', '2026-03-03T01:05:00Z'],
    ['2026年3月3日 10:14', '2026-03-03T02:14:00Z'],
    ['2026/3/3', '2026-03-02T16:00:00Z'],
  ])('%s is %s in Shanghai', (text, want) => {
    expect(parse('Asia/Shanghai', text, shown)).toBe(at(want));
  });

  it.each(['', 'soon', '25:00', '2026-02-30 10:00', '10:60', '10', '-', '1:2:3:4'])('%j is none', (text) => {
    expect(parse('Asia/Shanghai', text, shown)).toBeNull();
  });

  it('is what the field showed', () => {
    for (const zone of ['Asia/Shanghai', 'Asia/Jerusalem', 'America/St_Johns', 'UTC']) {
      expect(parse(zone, typed(zone, shown), 0)).toBe(shown);
    }
  });

  it('that a clock change skips is moved on, and one that comes twice is the first', () => {
    const time = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
    expect(momentAt('Europe/Berlin', time)).toBe(at('2026-03-29T01:30:00Z'));
    const twice = { year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0 };
    expect(momentAt('Europe/Berlin', twice)).toBe(at('2026-10-25T00:30:00Z'));
  });

  it('has a day round it, also when the clock changes', () => {
    const noon = at('2026-03-29T10:00:00Z');
    expect(nextDay('Europe/Berlin', noon) - dayStart('Europe/Berlin', noon)).toBe(23 * 3600 * 1e6);
  });
});
