/**
 * How values are written: numbers, shares, spans of time, sizes and moments.
 *
 * Moments are always written in a zone that the backend names (the desk's), never the laptop's.
 */
import type { Moment, Unit } from './bindings';
import { tagOf, type Language } from './words';

/** Groups digits without suggesting a decimal point in any language, and does not break. */
const GROUP = '\u202f';
const SPACE = '\u00a0';

const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

function numberFormat(language: Language, digits: number): Intl.NumberFormat {
  const key = `${language} ${digits}`;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(tagOf(language), { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numbers.set(key, format);
  }
  return format;
}

/** A number with thin grouping and so many decimals. */
export function number(language: Language, value: number, digits = 0): string {
  return numberFormat(language, digits)
    .formatToParts(value)
    .map((part) => (part.type === 'group' ? GROUP : part.value))
    .join('');
}

/** A share in 0..=1 as a percentage with one decimal. */
export function share(language: Language, value: number): string {
  return `${number(language, value * 100, 1)}${SPACE}%`;
}

const UNITS: Record<Language, [string, string, string, string]> = {
  'zh-Hans': ['天', '小时', '分', '秒'],
  'zh-Hant': ['天', '小時', '分', '秒'],
  en: ['d', 'h', 'm', 's'],
};

/** A span of seconds, such as `1 m 20 s`: two units at most, a decimal only below ten seconds. */
export function span(language: Language, secs: number): string {
  const [d, h, m, s] = UNITS[language];
  const sign = secs < 0 ? '−' : '';
  const size = Math.abs(secs);
  const write = (value: number, unit: string): string => `${number(language, value)}${SPACE}${unit}`;
  if (size < 9.95 && Math.abs(size - Math.round(size)) >= 0.05) {
    return `${sign}${number(language, size, 1)}${SPACE}${s}`;
  }
  const whole = Math.round(size);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), d],
    [Math.floor(whole / 3600) % 24, h],
    [Math.floor(whole / 60) % 60, m],
    [whole % 60, s],
  ];
  const first = parts.findIndex(([value]) => 0 < value);
  if (first === -1) return write(0, s);
  const shown = parts.slice(first, first + 2).filter(([value], place) => place === 0 || 0 < value);
  return sign + shown.map(([value, unit]) => write(value, unit)).join(' ');
}

/** A value in its unit; `null` is the caller's to put into words. */
export function value(language: Language, unit: Unit, amount: number): string {
  switch (unit) {
    case 'count':
      return number(language, amount);
    case 'share':
      return share(language, amount);
    case 'secs':
      return span(language, amount);
  }
}

/** A size in bytes, in steps of 1000. */
export function bytes(language: Language, size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  let rest = size;
  while (1000 <= rest && step < units.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return `${number(language, rest, step === 0 ? 0 : 1)}${SPACE}${units[step] ?? ''}`;
}

const STYLES = {
  /** Thu 20 Nov 2026, 10:32:05 */
  full: {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
  /** 20 Nov 2026, 10:32 */
  minute: { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  /** 20 Nov 2026, 10:32:05 */
  second: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
  /** 10:32:05 */
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  /** 10:32 */
  clock: { hour: '2-digit', minute: '2-digit' },
  /** Thu 20 Nov 2026 */
  day: { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' },
  /** 20 Nov, 10:30 */
  slot: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

export type MomentStyle = keyof typeof STYLES;

/** A moment in `zone`; a zone this machine does not know is written as UTC and says so. */
export function moment(language: Language, zone: string, at: Moment, style: MomentStyle): string {
  const key = `${language} ${zone} ${style}`;
  let format = dates.get(key);
  if (!format) {
    const options: Intl.DateTimeFormatOptions = { ...STYLES[style], hourCycle: 'h23' };
    try {
      format = new Intl.DateTimeFormat(tagOf(language), { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat(tagOf(language), { ...options, timeZone: 'UTC', timeZoneName: 'short' });
    }
    dates.set(key, format);
  }
  return format.format(at / 1000);
}

/** A moment as RFC 3339 in UTC with microseconds, for files. */
export function rfc3339(at: Moment): string {
  const millis = Math.floor(at / 1000);
  const micros = at - millis * 1000;
  return new Date(millis).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
