/**
 * What answers the window: the desk behind Tauri's IPC, or behind the served page. One interface for both.
 *
 * Only `backend/tauri.ts` knows Tauri; which one is there is found out when the window opens.
 */
import type { Verbs, WindowError } from './bindings';

export type Verb = keyof Verbs;
export type Question<V extends Verb> = Verbs[V]['question'];
export type Answer<V extends Verb> = Verbs[V]['answer'];

/** Why nothing was heard; the desk itself says a `WindowError`. */
export type Silence = { kind: 'lost'; detail: string } | { kind: 'timeout'; verb: string } | { kind: 'signed_out' };

export type Problem = WindowError | Silence;

/** What every rejected promise of a backend carries. */
export class Failure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.kind);
    this.name = 'Failure';
  }
}

/** What is held over the window, or was let go on it. */
export type Drop =
  { kind: 'over' } | { kind: 'gone' } | { kind: 'paths'; paths: string[] } | { kind: 'handed'; files: File[] };

export interface Backend {
  /** Asks; rejects with a [`Failure`], and never waits longer than [`ANSWER_SECS_MAX`]. */
  ask<V extends Verb>(verb: V, question: Question<V>): Promise<Answer<V>>;
  /** Lets the person choose a file the console can reach; `null` when they choose none. */
  pickFile: (() => Promise<string | null>) | null;
  /** Hands a file of this page over and says where the console finds it; `null` where files are reached by path. */
  upload: ((file: File) => Promise<string>) | null;
  /** Tells the person something while the window is elsewhere; `null` where there is no desktop to tell it. */
  notify: ((title: string, body: string) => Promise<boolean>) | null;
  /** Listens for files dropped on the window, until the returned function is called. */
  onDrop(hear: (drop: Drop) => void): () => void;
}

/** The longest an answer is waited for, in seconds. A panic behind the IPC would otherwise never settle. */
export const ANSWER_SECS_MAX = 30;

/** Rejects with a timeout when `answer` takes too long. */
export function timed<T>(verb: string, answer: Promise<T>, secs = ANSWER_SECS_MAX): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure({ kind: 'timeout', verb })), secs * 1000);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

const KINDS = new Set<string>([
  'rejected',
  'trouble',
  'unknown',
  'bad_question',
  'internal',
] satisfies WindowError['kind'][]);

function spoken(error: unknown): error is WindowError {
  return typeof error === 'object' && error !== null && 'kind' in error && KINDS.has(String(error.kind));
}

/** Whatever was thrown, as a problem the window has words for. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Failure) return error.problem;
  if (spoken(error)) return error;
  return { kind: 'lost', detail: error instanceof Error ? error.message : String(error) };
}

/** Whether the desk could not be heard at all, so that the last view stays and is tried again. */
export function silent(problem: Problem): problem is Silence {
  return problem.kind === 'lost' || problem.kind === 'timeout' || problem.kind === 'signed_out';
}

/** Finds out who answers this window. */
export async function openBackend(): Promise<Backend> {
  // The made-up desk is for looking at the window; the mode is a constant, so other builds leave it out.
  if (import.meta.env.MODE === 'mock') return (await import('./backend/mock')).mock();
  if ('__TAURI_INTERNALS__' in window) return (await import('./backend/tauri')).tauri();
  return (await import('./backend/served')).served();
}
