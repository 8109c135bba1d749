/** Imports of the made-up desk: one long done, and jobs that take ten seconds. */
import type { Answer } from '../../backend';
import type { ImportRow, Job, MappingRow, Preview, Report, RowNote } from '../../bindings';

const REPORT: Report = {
  n_rows_read: 33_344,
  n_events_written: 158_902,
  n_already_present: 0,
  repaired: { crossed_midnight: 41, self_service_time_negative: 7, agent_not_recorded: 5_902, byte_order_mark: 1 },
  refused: { field_count: 3, bad_time: 2 },
};

const DONE: ImportRow = {
  id: 'bank-1999-02',
  source: 'anonymous-bank',
  file: 'february_1999.txt',
  zone: 'Asia/Jerusalem',
  mapping: null,
  started_at: Date.UTC(2026, 10, 19, 3) * 1000,
  standing: 'finished',
  interruption: null,
  n_rows_read: 33_344,
  report: REPORT,
  n_notes: 5_956,
};

const TAKES_SECS = 10;

const GUESSED = `name = "calls"
kind = "contacts"
zone = "Asia/Shanghai"
times = ["%Y-%m-%d %H:%M:%S"]

[fields]
started_at = "来电时间"
channel = { constant = "voice" }
queue = "技能组"
`;

export const MAPPINGS: MappingRow[] = [
  { name: 'my-desk', saved: true, text: GUESSED },
  { name: 'anonymous-bank', saved: false, text: GUESSED.replace('"calls"', '"anonymous-bank"') },
];

/** A table of no known source; a mapping without a zone is wrong. */
function table(path: string, mapping: string | null): Preview {
  const text = mapping ?? GUESSED;
  const zone = text.split('\n').findIndex((line) => line.startsWith('zone ='));
  const sound = zone >= 0;
  return {
    source: 'csv',
    file: path.split('/').at(-1) ?? path,
    encoding: 'GBK',
    columns: [
      { column: '来电时间', becomes: sound ? 'conversation.started' : null },
      { column: '技能组', becomes: sound ? 'queue' : null },
      { column: '备注', becomes: null },
    ],
    rows: [{ line: 2, fields: ['2026-03-02 09:12:05', '售后', ''], repaired: [], refused: null }],
    events: [],
    repaired: {},
    refused: {},
    n_rows_looked_at: 1,
    whole: true,
    mapping: {
      text,
      guessed: mapping === null,
      name: sound ? 'calls' : null,
      kind: sound ? 'contacts' : null,
      zone: sound ? 'Asia/Shanghai' : null,
      sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      problems: sound ? [] : [{ line: 1, key: '', code: 'key_missing', found: 'zone', hint: null }],
    },
  };
}

export class MadeUpImports {
  #jobs: { number: number; path: string; mapping: string | null; began: number; cancelled: number | null }[] = [];

  preview(path: string, mapping: string | null): Preview {
    if (path.includes('calls')) return table(path, mapping);
    return {
      source: 'anonymous-bank',
      file: path.split('/').at(-1) ?? path,
      encoding: 'windows-1252',
      columns: [
        { column: 'call_id', becomes: 'conversation' },
        { column: 'outcome', becomes: 'conversation.assigned' },
        { column: 'remark', becomes: null },
      ],
      rows: [
        { line: 2, fields: ['33116', 'AGENT', ''], repaired: [], refused: null },
        { line: 3, fields: ['33117', 'LOST', ''], repaired: [], refused: 'bad_outcome' },
      ],
      events: [],
      repaired: {},
      refused: { bad_outcome: 1 },
      n_rows_looked_at: 2,
      whole: true,
      mapping: null,
    };
  }

  start(path: string, mapping: string | null): Job {
    this.#jobs.push({ number: this.#jobs.length + 1, path, mapping, began: performance.now(), cancelled: null });
    return this.jobs().at(-1) as Job;
  }

  cancel(number: number): Job {
    const job = this.#jobs.find((candidate) => candidate.number === number);
    if (job) job.cancelled = performance.now();
    return this.jobs().find((candidate) => candidate.job === number) as Job;
  }

  jobs(): Job[] {
    return this.#jobs.map(({ number, path, mapping, began, cancelled }) => {
      const unmapped = mapping === null && path.includes('calls');
      const broken = unmapped || path.includes('broken');
      const elapsed = Math.min(TAKES_SECS, ((cancelled ?? performance.now()) - began) / 1000);
      const part = broken ? 0.3 : elapsed / TAKES_SECS;
      const whole = part === 1;
      const scaled = (by: Record<string, number>): Record<string, number> =>
        Object.fromEntries(Object.entries(by).map(([reason, n]) => [reason, Math.ceil(n * part)]));
      return {
        job: number,
        file: path.split('/').at(-1) ?? path,
        source: 'anonymous-bank',
        import: `job-${number}`,
        state: broken
          ? {
              kind: 'stopped',
              problem: unmapped
                ? { kind: 'trouble', code: 'mapping_missing', detail: 'read by a mapping', path }
                : { kind: 'trouble', code: 'gzip_truncated', detail: 'ends at byte 61231 of a member', path },
            }
          : { kind: cancelled !== null ? 'cancelled' : whole ? 'finished' : 'running' },
        report: {
          n_rows_read: Math.round(REPORT.n_rows_read * part),
          n_events_written: Math.round(REPORT.n_events_written * part),
          n_already_present: 0,
          repaired: scaled(REPORT.repaired),
          refused: scaled(REPORT.refused),
        },
        bytes_read: Math.round(2_401_876 * part),
        bytes_total: 2_401_876,
        rows_per_sec: 3_334.4,
        eta_secs: elapsed < 1 ? null : TAKES_SECS - elapsed,
        elapsed_secs: elapsed,
      };
    });
  }

  imports(): ImportRow[] {
    const ended = this.jobs().flatMap((job, place) =>
      job.state.kind === 'finished' ? [{ ...DONE, id: job.import ?? `job-${place}`, file: job.file }] : [],
    );
    return [DONE, ...ended];
  }

  notes(reason: string | null, offset: number, limit: number): Answer<'import_notes'> {
    const all: RowNote[] = [...Object.entries(REPORT.repaired), ...Object.entries(REPORT.refused)].flatMap(
      ([code, n]) =>
        Array.from({ length: n }, (_, place) => ({
          line: 2 + place * 5,
          reasons: [code],
          detail: code in REPORT.refused ? '16 of 17' : null,
          refused: code in REPORT.refused,
          position: place,
        })),
    );
    const fitting = reason === null ? all : all.filter(({ reasons }) => reasons.includes(reason));
    const rows = fitting.slice(offset, offset + limit);
    return { n: fitting.length, rows, originals: rows.map(({ line }) => `AA0101\t${line}\t0`) };
  }
}
