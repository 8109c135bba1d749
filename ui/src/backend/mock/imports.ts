/** Imports of the made-up desk: one long done, and jobs that take ten seconds. */
import type { Answer } from '../../backend';
import type { ImportRow, Job, Preview, Report, RowNote } from '../../bindings';

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
  started_at: Date.UTC(2026, 10, 19, 3) * 1000,
  standing: 'finished',
  interruption: null,
  n_rows_read: 33_344,
  report: REPORT,
  n_notes: 5_956,
};

const TAKES_SECS = 10;

export class MadeUpImports {
  #jobs: { number: number; path: string; began: number; cancelled: number | null }[] = [];

  preview(path: string): Preview {
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
    };
  }

  start(path: string): Job {
    this.#jobs.push({ number: this.#jobs.length + 1, path, began: performance.now(), cancelled: null });
    return this.jobs().at(-1) as Job;
  }

  cancel(number: number): Job {
    const job = this.#jobs.find((candidate) => candidate.number === number);
    if (job) job.cancelled = performance.now();
    return this.jobs().find((candidate) => candidate.job === number) as Job;
  }

  jobs(): Job[] {
    return this.#jobs.map(({ number, path, began, cancelled }) => {
      const broken = path.includes('broken');
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
              problem: { kind: 'trouble', code: 'gzip_truncated', detail: 'ends at byte 61231 of a member', path },
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
    return { n: fitting.length, rows: fitting.slice(offset, offset + limit) };
  }
}
