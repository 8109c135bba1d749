/** Words and values in the language chosen now; reading them in markup redraws it when the language changes. */
import type { ConversationRow, Figure, Moment, Unit } from './bindings';
import * as format from './format';
import { settings } from './settings.svelte';
import { known, pieces, type Fill, type Filling, type Key, type Piece } from './words';

const write = (n: number): string => format.number(settings.language, n);

/** The text of `key` with its placeholders filled; numbers are grouped, and `n` decides the plural. */
export function say<K extends Key>(key: K, ...fill: Fill<K>): string {
  return saidPieces(key, fill[0] ?? {})
    .map((piece) => piece.text)
    .join('');
}

/** The same as pieces, for sentences that hold text from outside. */
export function saidPieces(key: Key, filling: Filling): Piece[] {
  return pieces(settings.language, key, filling, write);
}

/** The word for a code of the backend, such as an event type; the code itself when there is none. */
export function word(family: string, code: string): string {
  const key = `${family}.${code}`;
  return known(key)
    ? saidPieces(key, {})
        .map((piece) => piece.text)
        .join('')
    : code;
}

/** A metric's name. */
export const metricName = (id: string): string => word('metric', id);

/** A metric's short name for column heads; its full name when it has none. */
export function metricShort(id: string): string {
  return known(`short.${id}`) ? word('short', id) : metricName(id);
}

/** A name that the source may not have recorded. */
export const named = (name: string | null | undefined): string => (name ? name : say('value.unrecorded'));

export const count = (n: number): string => format.number(settings.language, n);
export const share = (value: number): string => format.share(settings.language, value);
export const span = (secs: number | null): string =>
  secs === null ? say('value.unknown') : format.span(settings.language, secs);
export const bytes = (size: number): string => format.bytes(settings.language, size);
export const moment = (zone: string, at: Moment, style: format.MomentStyle): string =>
  format.moment(settings.language, zone, at, style);
export const amount = (unit: Unit, value: number): string => format.value(settings.language, unit, value);

/** How long a conversation waited or was handled; why not, when it was not. */
export function spent(secs: number | null, { n_legs, outcome, phase }: ConversationRow): string {
  if (secs !== null) return span(secs);
  if (n_legs === 0) return say('value.none');
  if (phase !== 'closed') return say('value.unknown');
  return say(outcome === 'answered' ? 'value.unrecorded' : 'value.none');
}

/** A figure's value as it is shown. */
export function figureText(figure: Figure): string {
  if (figure.value !== null) return amount(figure.unit, figure.value);
  // The greatest of no waits is not unknown: there is nobody.
  return figure.metric === 'queue.oldest' ? say('value.nobody') : say('value.unknown');
}

/** Below this many events a share says little. */
export const FEW_MAX = 5;

/** Whether a share rests on so few events that it must say so. */
export function few(figure: Figure): boolean {
  return figure.unit === 'share' && figure.value !== null && figure.n < FEW_MAX;
}
