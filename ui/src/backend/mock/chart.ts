/** A plain stand-in for the chart that the real desk draws. */
import type { ChartQuestion, Group } from '../../bindings';

const COLOURS = {
  light: { text: '#565c65', line: '#dfe1e4', bars: '#7fa8d6', lost: '#d9a520', level: '#1b1d20' },
  dark: { text: '#a5acb5', line: '#2b3036', bars: '#3f6ea3', lost: '#a67c1c', level: '#e7e9eb' },
};

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export function chartSvg({ width, height, words, theme }: ChartQuestion, groups: readonly Group[]): string {
  const colours = COLOURS[theme];
  const [left, right, top, bottom] = [44, 44, 24, 28];
  const value = (group: Group, metric: string): number =>
    group.figures.find((figure) => figure.metric === metric)?.value ?? 0;
  const highest = Math.max(1, ...groups.map((group) => value(group, 'contacts.offered')));
  const step = (width - left - right) / Math.max(1, groups.length);
  const y = (part: number): number => height - bottom - part * (height - top - bottom);
  const parts: string[] = [];
  for (const part of [0, 0.5, 1]) {
    parts.push(`<line x1="${left}" x2="${width - right}" y1="${y(part)}" y2="${y(part)}" stroke="${colours.line}"/>`);
    parts.push(`<text x="${left - 6}" y="${y(part) + 4}" text-anchor="end">${Math.round(part * highest)}</text>`);
    parts.push(`<text x="${width - right + 6}" y="${y(part) + 4}">${part * 100}%</text>`);
  }
  const level: string[] = [];
  groups.forEach((group, place) => {
    const x = left + place * step;
    const [answered, lost] = [value(group, 'contacts.answered') / highest, value(group, 'abandon.count') / highest];
    const bar = (from: number, to: number, fill: string): string =>
      `<rect x="${x + 1}" y="${y(to)}" width="${Math.max(1, step - 2)}" height="${y(from) - y(to)}" fill="${fill}"/>`;
    parts.push(bar(0, answered, colours.bars), bar(answered, answered + lost, colours.lost));
    level.push(`${x + step / 2},${y(value(group, 'sl.cisco_negative'))}`);
    if (place % 4 === 0) parts.push(`<text x="${x}" y="${height - 10}">${(group.key[0] ?? '').slice(11, 16)}</text>`);
  });
  parts.push(`<polyline points="${level.join(' ')}" fill="none" stroke="${colours.level}" stroke-width="1.5"/>`);
  parts.push(`<text x="${left}" y="12">${escape(words.y)} · ${words.series.map(escape).join(' / ')}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><g font-family="sans-serif" font-size="12" fill="${colours.text}">${parts.join('')}</g></svg>`;
}
