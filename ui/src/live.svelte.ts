/** The Live screen's question and its latest answer; the Conversations screen shares the filters. */
import type { LiveQuestion, LiveView, Range, Scope } from './bindings';
import { problemOf, silent, type Problem } from './backend';
import { desk } from './desk.svelte';
import { frame } from './pace';
import { EVERYTHING, type Facet } from './scope';

class Live {
  scope = $state.raw<Scope>(EVERYTHING);
  range = $state.raw<Range>('day');
  view = $state.raw<LiveView | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** What the view shown answers: the question and the facts it was asked of. */
  #answered: [LiveQuestion | null, string] = [null, ''];
  #busy = false;

  question: LiveQuestion = $derived({ scope: this.scope, range: this.range });
  /** The zone of the days shown: a source's own, where it has one. */
  zone: string = $derived(this.view?.zone ?? desk.zone);
  /** The day counted, if it is a chosen one. */
  day: string | null = $derived(
    this.range === 'given' ? (this.view?.days.find(({ from }) => from === this.scope.from)?.date ?? null) : null,
  );
  #names: ReadonlyMap<string, string> = $derived(new Map(this.view?.agents.map(({ id, name }) => [id, name])));

  /** The name colleagues see of an agent; the id when no name is known. */
  agentName(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /**
   * Asks again if the question or the facts behind its answer have changed.
   *
   * Called at each status, so it keeps the status' pace; two questions are never on their way at once, and an answer
   * to a question that is no longer asked is dropped.
   */
  async renew(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const { question } = this;
        const { status } = desk;
        const facts = JSON.stringify([status?.position, status?.as_of, status?.zone]);
        if (!status || (question === this.#answered[0] && facts === this.#answered[1])) return;
        const view = await desk.ask('live', question);
        await frame();
        if (question !== this.question) continue;
        this.view = view;
        this.problem = null;
        this.#answered = [question, facts];
        return;
      }
    } catch (error) {
      const problem = problemOf(error);
      if (!silent(problem)) this.problem = problem;
    } finally {
      this.#busy = false;
    }
  }

  filter(facet: Facet, value: string | null): void {
    this.scope = { ...this.scope, [facet]: value };
  }

  clear(): void {
    const { from, to } = this.scope;
    this.scope = { ...EVERYTHING, from, to };
  }

  /** Counts one calendar day, named as in the view's `days`; or the day shown, or all. */
  days(choice: string): void {
    const day = this.view?.days.find(({ date }) => date === choice);
    const { from, to } = day ?? { from: null, to: null };
    this.scope = { ...this.scope, from, to };
    this.range = day ? 'given' : choice === 'all' ? 'all' : 'day';
  }

  /** Shows all of one source, at the log's end: what a person wants after importing it. */
  show(source: string | null): void {
    this.scope = { ...EVERYTHING, source };
    this.range = 'all';
    desk.goLive();
  }
}

export const live = new Live();
