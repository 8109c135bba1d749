/** Every problem in words: what happened, where, and what to do. */
import { ANSWER_SECS_MAX, type Problem } from './backend';
import type { Rejection } from './bindings';
import { saidPieces, say, span } from './say.svelte';
import type { Piece } from './words';

/** The longest time for which text is shown unmasked, as `events::unmasking` says. */
const UNMASKED_SECS_MAX = 8 * 3600;

export interface Spoken {
  /** A short code that does not change with the language. */
  code: string;
  what: Piece[];
  todo: Piece[];
  path: string | null;
  detail: string | null;
}

export function spoken(problem: Problem): Spoken {
  const said = (code: string, what: Piece[], todo: Piece[]): Spoken => ({ code, what, todo, path: null, detail: null });
  switch (problem.kind) {
    case 'trouble': {
      const { code, path, detail } = problem;
      const words = said(code, saidPieces(`trouble.${code}`, {}), saidPieces(`trouble.${code}.do`, {}));
      return { ...words, path, detail: detail || null };
    }
    case 'rejected': {
      const [what, todo] = refusal(problem.rejection);
      return said(problem.rejection.rejection.kind, what, todo);
    }
    case 'unknown':
      return said(
        'unknown',
        saidPieces('problem.unknown', { name: problem.name }),
        saidPieces('problem.unknown.do', {}),
      );
    case 'bad_question': {
      const words = said(
        'bad_question',
        saidPieces('problem.bad_question', {}),
        saidPieces('problem.bad_question.do', {}),
      );
      return { ...words, detail: problem.detail };
    }
    case 'internal':
      return said(
        'internal',
        saidPieces('problem.internal', {}),
        saidPieces('problem.internal.do', { id: problem.id }),
      );
    case 'timeout':
      return said(
        'timeout',
        saidPieces('problem.timeout', { secs: span(ANSWER_SECS_MAX) }),
        saidPieces('problem.timeout.do', {}),
      );
    case 'signed_out':
      return said('signed_out', saidPieces('problem.signed_out', {}), saidPieces('problem.signed_out.do', {}));
    case 'lost':
      return said('lost', saidPieces('problem.lost', {}), saidPieces('problem.lost.do', {}));
  }
}

/** Why the domain said no, and what to do: nothing was changed by it. */
function refusal({ rejection }: Rejection): [Piece[], Piece[]] {
  const again = saidPieces('problem.rejected.do', {});
  const nothing = saidPieces('problem.rejected.nothing', {});
  switch (rejection.kind) {
    case 'unknown_zone':
      return [saidPieces('problem.rejected.unknown_zone', { zone: rejection.zone }), again];
    case 'name_length':
      return [saidPieces('problem.rejected.name_length', { n: rejection.n_chars }), again];
    case 'reason_length':
      return [saidPieces('problem.rejected.reason_length', { n: rejection.n_chars }), nothing];
    case 'too_long': {
      const [most, time] = [span(UNMASKED_SECS_MAX), span(rejection.secs)];
      return [saidPieces('problem.rejected.too_long', { most, time }), nothing];
    }
    case 'erased':
      return [saidPieces('problem.rejected.erased', {}), nothing];
    case 'not_restricted':
      return [saidPieces('problem.rejected.not_restricted', {}), nothing];
    case 'not_granted':
      return [saidPieces('problem.rejected.not_granted', {}), nothing];
  }
}

/** Where the log cannot be read further. */
export function halted(position: number, why: string): Spoken {
  return {
    code: 'halted',
    what: saidPieces('problem.halted', { position }),
    todo: [{ text: say('problem.halted.do'), filled: false }],
    path: null,
    detail: why,
  };
}
