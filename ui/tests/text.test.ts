import { describe, expect, it } from 'vitest';

import { cell, csv } from '../src/csv';
import { marks, plain } from '../src/marks';
import { picture } from '../src/views/live/picture';

describe('a CSV cell', () => {
  it.each([
    ['=1+1', '"\'=1+1"'],
    ['+1', '"\'+1"'],
    ['-1', '"\'-1"'],
    ['@SUM(A1)', '"\'@SUM(A1)"'],
    ['\t=1', '"\'\t=1"'],
    ['\r=1', '"\'\r=1"'],
    ['＝1+1', '"\'＝1+1"'],
    ['＋1', '"\'＋1"'],
    ['－1', '"\'－1"'],
    ['＠x', '"\'＠x"'],
    ['  =1', '"\'  =1"'],
    ['\u3000=1', '"\'\u3000=1"'],
    ['a"b', '"a""b"'],
    ['a,b', '"a,b"'],
    ['a\nb', '"a\nb"'],
    ['售后', '售后'],
    ['', ''],
  ])('%j is written as %s', (value, want) => {
    expect(cell(value)).toBe(want);
  });

  it('that is a number stays one', () => {
    expect(cell(-1.5)).toBe('-1.5');
    expect(cell(null)).toBe('');
  });

  it('stands in lines that end as RFC 4180 says', () => {
    expect(csv(['a', 'b'], [['=1', 2]])).toBe('a,b\r\n"\'=1",2\r\n');
  });
});

describe('marks', () => {
  it.each([
    ['\u202e', 'RLO'],
    ['\u2066', 'LRI'],
    ['\u200b', 'ZWSP'],
    ['\u200f', 'RLM'],
    ['\ufeff', 'BOM'],
    ['\u0007', 'U+0007'],
    ['\u{e0041}', 'U+E0041'],
    ['\u3164', 'U+3164'],
  ])('show %j as %s', (character, code) => {
    expect(marks(`a${character}b`)).toEqual([
      { text: 'a', code: null },
      { text: character, code },
      { text: 'b', code: null },
    ]);
  });

  it('leave text, line breaks and joined pictures alone', () => {
    for (const text of ['我要退款，謝謝', 'a\n\tb', '👩‍💻', '']) expect(plain(text)).toBe(text);
  });

  it('show a joiner that hides between letters', () => {
    expect(plain('pay\u200dpal')).toBe('pay⟦ZWJ⟧pal');
  });

  it('never make markup', () => {
    expect(marks('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>', code: null }]);
  });
});

describe('a picture', () => {
  const svg = (inside: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`;

  it('keeps what is drawn and drops what acts', () => {
    const node = picture(
      svg('<g onclick="x()"><text style="fill:red">售后</text></g><script>x()</script><a href="http://x"><rect/></a>'),
    );
    expect(node?.outerHTML).not.toMatch(/script|onclick|style|href|<a/);
    expect(node?.textContent).toBe('售后');
  });

  it('is none when the text is not one', () => {
    expect(picture('<p>no</p>')).toBeNull();
    expect(picture('<svg')).toBeNull();
  });
});
