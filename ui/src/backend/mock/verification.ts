/** The made-up desk's evidence: all is well, or one event was changed. */
import type { Moment, Verification } from '../../bindings';

const ORIGIN = 'retrace/00112233445566778899aabbccddeeff';

export function verification(size: number, at: Moment): Verification {
  const bad = location.search.includes('findings') ? Math.min(1234, size) : null;
  return {
    report: {
      origin: ORIGIN,
      verifier: `${ORIGIN}+771eb417+AeXUSjw0H9KrFVSblk/uExBEMRt+Q7rz01PknGJdrQqW`,
      size,
      root: 'IyieynY0HYEyFugUL4g3JRNjJWM6E3UrWIXqYyB00r8=',
      verified_to: bad ?? size,
      made_at: at,
      checkpoints: 12,
      outside: size,
      first_bad: bad,
      findings: bad === null ? [] : [{ kind: 'record_changed', position: bad }],
      counts: bad === null ? {} : { record_changed: 1 },
      unverified: bad === null ? [] : [{ from: bad, to: size, why: 'after_finding' }],
      rests_on_unverified:
        bad === null ? [] : [{ metric: 'contacts.offered', version: 1, n: 40, days: ['2026-11-19'] }],
      seconds: 0.1,
      events_per_sec: 500_000,
    },
    verified_at: at,
    running: null,
    problem: null,
    signed_to: size,
    checkpoint: `${ORIGIN}\n${String(size)}\nIyieynY0HYEyFugUL4g3JRNjJWM6E3UrWIXqYyB00r8=\n\n— ${ORIGIN} dx60F7lb/9tnBhnoXxoyMfPf\n`,
  };
}
