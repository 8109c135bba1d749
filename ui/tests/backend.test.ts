import { afterEach, describe, expect, it, vi } from 'vitest';

import { Failure, problemOf, silent, timed, type Problem } from '../src/backend';
import { served } from '../src/backend/served';
import { spoken } from '../src/problem';

function answer(status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response(text, { status })));
}

async function problem(asking: Promise<unknown>): Promise<Problem> {
  return asking.then(
    () => {
      throw new Error('it was answered');
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(Failure);
      return (error as Failure).problem;
    },
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the served desk', () => {
  it('is asked by POST at the page’s own origin and gives the answer', async () => {
    answer(200, { mode: 'live', at: null, speed: 60 });
    expect(await served().ask('playhead', { kind: 'live' })).toEqual({ mode: 'live', at: null, speed: 60 });
    expect(fetch).toHaveBeenCalledWith(
      '/verbs/playhead',
      expect.objectContaining({ method: 'POST', credentials: 'same-origin', body: '{"kind":"live"}' }),
    );
  });

  it('says its errors in its own words', async () => {
    answer(422, { kind: 'trouble', code: 'disk_full', detail: 'ENOSPC', path: '/x' });
    expect(await problem(served().ask('status', {}))).toMatchObject({ kind: 'trouble', code: 'disk_full' });
    answer(500, { kind: 'internal', id: '7f3a' });
    expect(await problem(served().ask('status', {}))).toEqual({ kind: 'internal', id: '7f3a' });
  });

  it('without its cookie is signed out', async () => {
    answer(401, 'no');
    expect(await problem(served().ask('status', {}))).toEqual({ kind: 'signed_out' });
  });

  it('that cannot be heard, or answers with nonsense, is lost', async () => {
    answer(502, '<html>bad gateway</html>');
    expect(await problem(served().ask('status', {}))).toEqual({ kind: 'lost', detail: 'HTTP 502' });
    answer(200, '<html>');
    expect(await problem(served().ask('status', {}))).toMatchObject({ kind: 'lost' });
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('Load failed')));
    expect(await problem(served().ask('status', {}))).toEqual({ kind: 'lost', detail: 'Load failed' });
  });

  it('is handed files by name and says where they are', async () => {
    answer(200, { path: '/inbox/二月.csv' });
    expect(await served().upload?.(new File(['x'], '二月 1.csv'))).toBe('/inbox/二月.csv');
    expect(fetch).toHaveBeenCalledWith(`/upload?name=${encodeURIComponent('二月 1.csv')}`, expect.anything());
  });
});

describe('an answer that never comes', () => {
  it('is waited for so long and no longer', async () => {
    vi.useFakeTimers();
    const waiting = problem(timed('live', new Promise(() => undefined), 30));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await waiting).toEqual({ kind: 'timeout', verb: 'live' });
  });
});

describe('a problem', () => {
  it('is told apart from silence', () => {
    expect(silent(problemOf(new Error('x')))).toBe(true);
    expect(silent(problemOf({ kind: 'unknown', what: 'conversation', name: 'c-1' }))).toBe(false);
    expect(problemOf({ kind: 'surprise' })).toMatchObject({ kind: 'lost' });
    expect(problemOf('nope')).toEqual({ kind: 'lost', detail: 'nope' });
  });

  it.each<[Problem, string]>([
    [{ kind: 'trouble', code: 'file_missing', detail: 'ENOENT', path: '/x/y.csv' }, 'file_missing'],
    [
      { kind: 'rejected', rejection: { noun: 'site', rejection: { kind: 'unknown_zone', zone: 'Mars' } } },
      'unknown_zone',
    ],
    [{ kind: 'rejected', rejection: { noun: 'site', rejection: { kind: 'name_length', n_chars: 81 } } }, 'name_length'],
    [
      { kind: 'rejected', rejection: { noun: 'customer', rejection: { kind: 'reason_length', n_chars: 0 } } },
      'reason_length',
    ],
    [{ kind: 'rejected', rejection: { noun: 'customer', rejection: { kind: 'erased' } } }, 'erased'],
    [{ kind: 'rejected', rejection: { noun: 'customer', rejection: { kind: 'not_restricted' } } }, 'not_restricted'],
    [{ kind: 'rejected', rejection: { noun: 'unmasking', rejection: { kind: 'too_long', secs: 90_000 } } }, 'too_long'],
    [{ kind: 'rejected', rejection: { noun: 'unmasking', rejection: { kind: 'not_granted' } } }, 'not_granted'],
    [{ kind: 'trouble', code: 'keys_locked', detail: 'no passphrase', path: '/x-keys' }, 'keys_locked'],
    [{ kind: 'unknown', what: 'conversation', name: 'c-1' }, 'unknown'],
    [{ kind: 'bad_question', detail: 'limit' }, 'bad_question'],
    [{ kind: 'internal', id: '7' }, 'internal'],
    [{ kind: 'lost', detail: '' }, 'lost'],
    [{ kind: 'signed_out' }, 'signed_out'],
    [{ kind: 'timeout', verb: 'live' }, 'timeout'],
  ])('%o says what happened and what to do', (said, code) => {
    const words = spoken(said);
    const text = (pieces: { text: string }[]): string => pieces.map((piece) => piece.text).join('');
    expect(words.code).toBe(code);
    expect(text(words.what)).toMatch(/\p{L}{3}/u);
    expect(text(words.todo)).toMatch(/\p{L}{3}/u);
    expect(text([...words.what, ...words.todo])).not.toContain('{');
  });
});
