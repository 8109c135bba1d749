/** Imports: those of this session, which run or ran, and all that the log records. */
import type { ImportRow, Job } from './bindings';
import { Failure, problemOf, type Drop, type Problem } from './backend';
import { desk } from './desk.svelte';
import { again, frame } from './pace';
import { route, screenHref } from './route.svelte';

/** An import's standing as it crosses; the generated `Standing` is the agents' of the same name. */
export type ImportStanding = 'unfinished' | 'cancelled' | 'interrupted' | 'finished';
export const standingOf = (row: ImportRow): ImportStanding => row.standing as unknown as ImportStanding;

class Imports {
  jobs = $state.raw<readonly Job[]>([]);
  past = $state.raw<readonly ImportRow[]>([]);
  /** The file that is being handed over to a served console. */
  handing = $state<string | null>(null);
  over = $state(false);
  problem = $state.raw<Problem | null>(null);
  #pastOf = '';

  running: number = $derived(this.jobs.filter((job) => job.state.kind === 'running').length);

  /** Keeps the jobs current until the returned function is called; faster where they are looked at. */
  follow(): () => void {
    return again(
      () => (this.running > 0 && route.screen === 'import' ? 250 : this.running > 0 ? 500 : 1000),
      () => this.renew(),
    );
  }

  async renew(): Promise<void> {
    const jobs = await desk.ask('import_jobs', {});
    await frame();
    this.jobs = [...jobs].sort((a, b) => b.job - a.job);
    const of = JSON.stringify([desk.status?.head, jobs.map((job) => job.state.kind)]);
    if (route.screen === 'import' && of !== this.#pastOf) {
      this.past = await desk.ask('imports', {});
      this.#pastOf = of;
    }
  }

  /** Imports a file by its path. */
  async start(path: string): Promise<boolean> {
    this.problem = null;
    return this.#try(async () => {
      await desk.ask('import_start', { path, source: null });
      await this.renew();
    });
  }

  /** Lets the person choose a file. */
  async choose(): Promise<void> {
    await this.#try(async () => {
      const path = (await desk.backend?.pickFile?.()) ?? null;
      if (path !== null) await this.start(path);
    });
  }

  /** Hands a file of this page over, then imports it. */
  async hand(file: File): Promise<void> {
    this.problem = null;
    this.handing = file.name;
    await this.#try(async () => {
      const path = await desk.backend?.upload?.(file);
      if (path === undefined) throw new Failure({ kind: 'lost', detail: '' });
      await this.start(path);
    });
    this.handing = null;
  }

  async drop(drop: Drop): Promise<void> {
    this.over = drop.kind === 'over';
    if (drop.kind !== 'paths' && drop.kind !== 'handed') return;
    route.go(screenHref('import'));
    if (drop.kind === 'paths') for (const path of drop.paths) await this.start(path);
    else for (const file of drop.files) await this.hand(file);
  }

  async cancel(job: number): Promise<void> {
    await this.#try(async () => {
      await desk.ask('import_cancel', { job });
      await this.renew();
    });
  }

  /** The import in the log that a job of this session writes: the latest of its file. */
  recorded(job: Job): ImportRow | null {
    const same = this.past.filter((row) => row.file === job.file && (!job.source || row.source === job.source));
    return same.toSorted((a, b) => b.started_at - a.started_at)[0] ?? null;
  }

  async #try(task: () => Promise<void>): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }
}

export const imports = new Imports();
