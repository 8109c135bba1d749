/** A mapping being written: what the person typed, and what the console makes of it a moment later. */
import { problemOf, type Problem } from './backend';
import type { MappingProblem, Preview } from './bindings';

/** How long nobody types before the mapping is tried again. */
export const PAUSE_MS = 400;

export class Draft {
  text = $state('');
  /** What an import by the mapping that was tried last would make of the file. */
  preview = $state.raw<Preview>() as Preview;
  /** Whether what is written is not what was tried last. */
  waiting = $state(false);
  /** Why it could not be tried at all. */
  problem = $state.raw<Problem | null>(null);
  #look: (mapping: string) => Promise<Preview>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nth = 0;

  constructor(first: Preview, look: (mapping: string) => Promise<Preview>) {
    this.text = first.mapping?.text ?? '';
    this.preview = first;
    this.#look = look;
  }

  get problems(): readonly MappingProblem[] {
    return this.preview.mapping?.problems ?? [];
  }

  /** Whether the file can be imported by what is written. */
  get sound(): boolean {
    return !this.waiting && this.problem === null && this.problems.length === 0;
  }

  /** Takes what was typed; it is tried when the person pauses. */
  edit(text: string): void {
    this.text = text;
    this.waiting = true;
    this.#nth += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#try(), PAUSE_MS);
  }

  /** Takes a whole mapping, which is tried at once. */
  async choose(text: string): Promise<void> {
    this.edit(text);
    clearTimeout(this.#timer);
    await this.#try();
  }

  /** Forgets what was to be tried. */
  leave(): void {
    this.#nth += 1;
    clearTimeout(this.#timer);
  }

  async #try(): Promise<void> {
    const nth = this.#nth;
    try {
      const preview = await this.#look(this.text);
      if (nth !== this.#nth) return;
      this.preview = preview;
      this.problem = null;
    } catch (error) {
      if (nth !== this.#nth) return;
      this.problem = problemOf(error);
    }
    this.waiting = false;
  }
}

/** Where a line of a text begins and ends, counted from 1; the last line when there are fewer. */
export function place(text: string, line: number): { from: number; to: number } {
  const lines = text.split('\n');
  const nth = Math.max(0, Math.min(line, lines.length) - 1);
  const from = lines.slice(0, nth).reduce((sum, before) => sum + before.length + 1, 0);
  return { from, to: from + (lines[nth]?.length ?? 0) };
}
