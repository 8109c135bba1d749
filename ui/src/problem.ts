/** Every problem in words: what happened, where, and what to do. */
import { ANSWER_SECS_MAX, type Problem } from './backend';
import { saidPieces, say, span } from './say.svelte';
import type { Piece } from './words';

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
      const { rejection } = problem.rejection;
      const what =
        rejection.kind === 'unknown_zone'
          ? saidPieces('problem.rejected.unknown_zone', { zone: rejection.zone })
          : saidPieces('problem.rejected.name_length', { n: rejection.n_chars });
      return said(rejection.kind, what, saidPieces('problem.rejected.do', {}));
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
