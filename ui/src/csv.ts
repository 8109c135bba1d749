/** Tables as CSV that a spreadsheet reads as text, never as a formula. */

/** What a spreadsheet may take for the beginning of a formula, with the full-width twins some of them fold. */
const STARTS_FORMULA = /^[\s\u00a0\u3000\ufeff]*[=+\-@＝＋－＠−]|^[\t\r\n]/u;

/** A cell that begins like a formula is led by an apostrophe (OWASP, CSV injection); plain numbers are left alone. */
export function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const guarded = STARTS_FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t']/.test(guarded) || guarded.trim() !== guarded ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** RFC 4180: CRLF, a header, quotes doubled. */
export function csv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}
