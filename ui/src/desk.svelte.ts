/** The desk as this window knows it: who answers, how the console stands, and the playhead. */
import type { Definition, Moment, PlayheadCommand, Status } from './bindings';
import {
  Failure,
  openBackend,
  problemOf,
  silent,
  type Answer,
  type Backend,
  type Problem,
  type Question,
  type Silence,
  type Verb,
} from './backend';
import { again, frame } from './pace';

export const SPEEDS = [1, 10, 60, 300, 900, 3600] as const;
export const MINUTE: Moment = 60_000_000;

class Desk {
  backend = $state.raw<Backend | null>(null);
  status = $state.raw<Status | null>(null);
  definitions = $state.raw<readonly Definition[]>([]);
  /** Set while the desk is not heard; the last view stays. */
  silence = $state.raw<Silence | null>(null);
  /** What went wrong with the latest thing a person did, until they dismiss it. */
  problem = $state.raw<Problem | null>(null);
  /** Where the playhead was sent, until the desk shows it. */
  #aim = $state.raw<Moment | null>(null);
  /** The speed chosen here; the desk hears of it when it is to play. */
  #speed = $state<number | null>(null);
  #ticket = 0;
  #shown = 0;
  #waiting: PlayheadCommand | null = null;
  #sending = false;
  /** How far the desk's own clock is ahead of this window's. */
  #ahead: Moment = 0;

  zone: string = $derived(this.status?.zone ?? 'UTC');
  /** Whether the screens show the past. */
  past: boolean = $derived(this.status !== null && this.status.playhead.mode !== 'live');
  playing: boolean = $derived(this.status?.playhead.mode === 'playing');
  /** The moment shown, or where the playhead is being sent. */
  shown: Moment = $derived(this.#aim ?? this.status?.as_of ?? 0);

  speed: number = $derived(this.#speed ?? this.status?.playhead.speed ?? 60);

  async open(): Promise<void> {
    this.backend = await openBackend();
    again(
      () => (this.playing ? 250 : 500),
      () => this.renew(),
    );
  }

  /** Asks the desk, and notices whether it is heard. */
  async ask<V extends Verb>(verb: V, question: Question<V>): Promise<Answer<V>> {
    if (!this.backend) throw new Failure({ kind: 'lost', detail: '' });
    try {
      const answer = await this.backend.ask(verb, question);
      this.silence = null;
      return answer;
    } catch (error) {
      const problem = problemOf(error);
      if (silent(problem)) this.silence = problem;
      throw error;
    }
  }

  /** Asks for something a person did; what goes wrong is shown to them. */
  async act<V extends Verb>(verb: V, question: Question<V>): Promise<Answer<V> | null> {
    try {
      return await this.ask(verb, question);
    } catch (error) {
      const problem = problemOf(error);
      if (!silent(problem)) this.problem = problem;
      return null;
    }
  }

  async renew(): Promise<void> {
    this.#ticket += 1;
    const ticket = this.#ticket;
    const status = await this.ask('status', {});
    this.#ahead = status.now - Date.now() * 1000;
    if (this.definitions.length === 0) this.definitions = await this.ask('definitions', {});
    await frame();
    // An answer that was overtaken by a later one tells of an older moment.
    if (ticket < this.#shown) return;
    this.#shown = ticket;
    this.status = status;
  }

  /** The time by the desk's own clock. */
  now(): Moment {
    return Date.now() * 1000 + this.#ahead;
  }

  definition(metric: string): Definition | undefined {
    return this.definitions.find(({ id }) => id === metric);
  }

  /** Moves the playhead; while one command is on its way only the latest of the next ones is kept. */
  async playhead(command: PlayheadCommand): Promise<void> {
    this.#aim = command.kind === 'jump' ? command.at : null;
    this.#waiting = command;
    if (this.#sending) return;
    this.#sending = true;
    try {
      // A command given while the status is fetched is sent too, before the aim is let go.
      for (let next = this.#take(); next; next = this.#take()) {
        await this.act('playhead', next);
        if (!this.#waiting) await this.renew().catch(() => undefined);
      }
    } finally {
      this.#sending = false;
      this.#aim = null;
    }
  }

  #take(): PlayheadCommand | null {
    const next = this.#waiting;
    this.#waiting = null;
    return next;
  }

  goTo(at: Moment): void {
    const [first, last] = this.status?.span ?? [at, at];
    void this.playhead({ kind: 'jump', at: Math.min(Math.max(Math.round(at), first), last) });
  }

  step(by: Moment): void {
    if (this.status?.span) this.goTo(this.shown + by);
  }

  play(): void {
    if (this.status?.span) void this.playhead({ kind: 'play', speed: this.speed });
  }

  /** Chooses a speed; what plays goes on at it, what stands still stays so. */
  choose(speed: number): void {
    this.#speed = speed;
    if (this.playing) this.play();
  }

  pause(): void {
    void this.playhead({ kind: 'pause' });
  }

  goLive(): void {
    void this.playhead({ kind: 'live' });
  }
}

export const desk = new Desk();
