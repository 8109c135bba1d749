/** All rows behind a figure, as text for the clipboard. */
import type { EvidenceRow, Figure } from '../../bindings';
import { csv } from '../../csv';
import { desk } from '../../desk.svelte';
import { rfc3339 } from '../../format';
import { plain } from '../../marks';
import { PAGE_ROWS } from '../../pages.svelte';

/** A log that moves on while it is read is read anew so many times. */
const ATTEMPTS_MAX = 3;

/** Every row of a figure, newest first, all resting on the same facts. */
export async function collect(figure: Figure, progress: (n: number, all: number) => void): Promise<EvidenceRow[]> {
  const { metric, scope } = figure;
  for (let attempt = 1; ; attempt += 1) {
    const rows: EvidenceRow[] = [];
    let position: number | null = null;
    let moved = false;
    for (;;) {
      const page = await desk.ask('evidence', { metric, scope, offset: rows.length, limit: PAGE_ROWS });
      moved ||= position !== null && position !== page.figure.position;
      position ??= page.figure.position;
      rows.push(...page.rows);
      progress(rows.length, page.figure.n);
      if (page.rows.length === 0 || page.figure.n <= rows.length) break;
    }
    if (!moved || attempt === ATTEMPTS_MAX) return rows;
  }
}

const COLUMNS = [
  'position',
  'occurred_at',
  'event_type',
  'subject',
  'numerator',
  'denominator',
  'stream',
  'version',
  'id',
  'source',
  'data',
] as const;

/** Rows as a table for a spreadsheet. */
export function asCsv(rows: readonly EvidenceRow[]): string {
  return csv(
    COLUMNS,
    rows.map(({ numerator, denominator, subject, event }) => [
      event.position,
      rfc3339(event.occurred_at),
      event.event_type,
      plain(subject),
      numerator,
      denominator,
      plain(event.stream),
      event.version,
      event.id,
      plain(event.source),
      plain(event.data),
    ]),
  );
}

/** The figure and its rows as one document, to be quoted and checked. */
export function asJson(figure: Figure, rows: readonly EvidenceRow[]): string {
  // Texts are unmasked to be read here; a copy goes elsewhere.
  const copied = rows.map((row) =>
    row.event.showing === 'unmasked' ? { ...row, event: { ...row.event, showing: null, personal: {} } } : row,
  );
  return JSON.stringify({ figure, rows: copied }, null, 2);
}

/** Puts text on the clipboard; false when the window may not. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** For web views that keep the clipboard's door shut: a selected field and the old command. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'hidden';
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
  }
}
