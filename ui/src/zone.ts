/** Times of day in a named zone: reading what a person types, and the borders of a day. */
import type { Moment } from './bindings';

const parts = new Map<string, Intl.DateTimeFormat>();

export interface Local {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** The clock on the wall of `zone` at a moment; UTC when the zone is unknown to this machine. */
export function local(zone: string, at: Moment): Local {
  let format = parts.get(zone);
  if (!format) {
    const options: Intl.DateTimeFormatOptions = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      era: 'short',
    };
    try {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
    }
    parts.set(zone, format);
  }
  const found = new Map(format.formatToParts(at / 1000).map((part) => [part.type, part.value]));
  const read = (name: Intl.DateTimeFormatPartTypes): number => Number(found.get(name) ?? 0);
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  };
}

function asIfUtc(time: Local): number {
  const at = new Date(0);
  at.setUTCFullYear(time.year, time.month - 1, time.day);
  at.setUTCHours(time.hour, time.minute, time.second, 0);
  return at.getTime() * 1000;
}

/**
 * The moment at which the wall clock of `zone` shows `time`.
 *
 * A time that occurs twice is the first of the two; one that a clock change skips is moved on by the change.
 */
export function momentAt(zone: string, time: Local): Moment {
  const wanted = asIfUtc(time);
  const offset = (at: Moment): number => asIfUtc(local(zone, at)) - Math.floor(at / 1_000_000) * 1_000_000;
  const day = 86_400_000_000;
  const candidates = [offset(wanted - day), offset(wanted + day)].map((shift) => wanted - shift);
  const exact = candidates.filter((at) => asIfUtc(local(zone, at)) === wanted);
  return exact.length ? Math.min(...exact) : (candidates[0] ?? wanted);
}

/** The first moment of the day that holds `at`. */
export function dayStart(zone: string, at: Moment): Moment {
  return momentAt(zone, { ...local(zone, at), hour: 0, minute: 0, second: 0 });
}

/** The first moment of the day after the one that holds `at`. */
export function nextDay(zone: string, at: Moment): Moment {
  const now = local(zone, at);
  const noon = new Date(Date.UTC(now.year, now.month - 1, now.day + 1, 12));
  return momentAt(zone, {
    year: noon.getUTCFullYear(),
    month: noon.getUTCMonth() + 1,
    day: noon.getUTCDate(),
    hour: 0,
    minute: 0,
    second: 0,
  });
}

/**
 * What a person typed as a time in `zone`: `2026-03-03 10:14[:05]`, `3-3 10:14`, or `10:14[:05]` of the day of `shown`.
 *
 * Full-width digits and signs are read as their ASCII twins. `null` when it is not a time.
 */
export function parse(zone: string, text: string, shown: Moment): Moment | null {
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/[年月/.]/g, '-')
    .replace(/日/g, ' ')
    .replace(/[时時分]/g, ':')
    .replace(/秒|:$/g, '');
  const match = /^(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2}))?(?:[T\s]+|^|$)(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(plain);
  if (!match || plain === '') return null;
  const today = local(zone, shown);
  const pick = (place: number, or: number): number => (match[place] === undefined ? or : Number(match[place]));
  const time = {
    year: pick(1, today.year),
    month: pick(2, today.month),
    day: pick(3, today.day),
    hour: pick(4, 0),
    minute: pick(5, 0),
    second: pick(6, 0),
  };
  const valid = new Date(asIfUtc(time) / 1000);
  const same =
    valid.getUTCMonth() + 1 === time.month &&
    valid.getUTCDate() === time.day &&
    valid.getUTCHours() === time.hour &&
    valid.getUTCMinutes() === time.minute &&
    time.second < 60;
  return same ? momentAt(zone, time) : null;
}

/** A moment as a person would type it in `zone`. */
export function typed(zone: string, at: Moment): string {
  const time = local(zone, at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(time.year).padStart(4, '0')}-${two(time.month)}-${two(time.day)} ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
}
