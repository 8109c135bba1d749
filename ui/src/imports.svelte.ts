/** Imports: those of this session, which run or ran, and all that the log records. */
import type { ImportRow, Job, Preview } from './bindings';
import { Failure, problemOf, type Drop, type Problem } from './backend';
import { desk } from './desk.svelte';
import { again, frame } from './pace';
import { Draft } from './mapping.svelte';
import { route, screenHref } from './route.svelte';
import { say } from './say.svelte';

class Imports {
  jobs = $state.raw<readonly Job[]>([]);
  past = $state.raw<readonly ImportRow[]>([]);
  /** The file that is being handed over to a served console. */
  handing = $state<string | null>(null);
  over = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** What an import would make of the file that was chosen first; others wait behind it. */
  preview = $state.raw<Preview | null>(null);
  /** The mapping that is written for that file, where its source needs one. */
  draft = $state.raw<Draft | null>(null);
  #chosen: string[] = [];
  #started = new Set<number>();
  #pastOf = '';

  /** What is shown: as the mapping stands that was tried last, or as the file says by itself. */
  shown: Preview | null = $derived(this.draft?.preview ?? this.preview);
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
    this.#tell(jobs);
    this.#propose(jobs);
    this.jobs = [...jobs].sort((a, b) => b.job - a.job);
    const of = JSON.stringify([desk.status?.head, jobs.map((job) => job.state.kind)]);
    if (route.screen === 'import' && of !== this.#pastOf) {
      this.past = await desk.ask('imports', {});
      this.#pastOf = of;
    }
  }

  /** Shows the mapping that is guessed for a table that was begun by its path and turned out to need one. */
  #propose(jobs: readonly Job[]): void {
    for (const { job, state } of jobs) {
      if (state.kind === 'running' || !this.#started.delete(job) || state.kind !== 'stopped') continue;
      const { problem } = state;
      if (problem.kind === 'trouble' && problem.code === 'mapping_missing' && problem.path !== null) {
        void this.look(problem.path);
      }
    }
  }

  /** Tells the desktop that an import has ended, when the person is elsewhere. A replay never tells anything. */
  #tell(jobs: readonly Job[]): void {
    if (document.hasFocus()) return;
    const ran = new Set(this.jobs.filter((job) => job.state.kind === 'running').map((job) => job.job));
    for (const job of jobs) {
      if (!ran.has(job.job) || job.state.kind === 'running') continue;
      const rows = say('import.told', { n: job.report.n_rows_read, state: say(`import.state.${job.state.kind}`) });
      // A desktop that takes no notifications loses nothing: the job's card says the same.
      void desk.backend?.notify?.(job.file, rows).catch(() => false);
    }
  }

  /** Imports a file by its path. */
  async start(path: string, mapping: string | null = null): Promise<boolean> {
    this.problem = null;
    return this.#try(async () => {
      const job = await desk.ask('import_start', { path, source: null, mapping });
      this.#started.add(job.job);
      await this.renew();
    });
  }

  /** Shows what an import would make of a file, before it is begun. */
  async look(path: string): Promise<void> {
    this.#chosen.push(path);
    if (this.#chosen.length === 1) await this.#show();
  }

  /** Imports the file that is shown. */
  async startShown(): Promise<void> {
    const path = this.#chosen.shift();
    const mapping = this.draft?.text ?? null;
    this.#clear();
    if (path !== undefined) await this.start(path, mapping);
    await this.#show();
  }

  /** Leaves the file that is shown as it is. */
  async leaveShown(): Promise<void> {
    this.#chosen.shift();
    this.#clear();
    await this.#show();
  }

  #clear(): void {
    this.draft?.leave();
    this.draft = null;
    this.preview = null;
  }

  async #show(): Promise<void> {
    const path = this.#chosen[0];
    if (path === undefined) return;
    const shown = await this.#try(async () => {
      const look = (mapping: string | null): Promise<Preview> =>
        desk.ask('import_preview', { path, source: null, mapping });
      const preview = await look(null);
      this.draft = preview.mapping ? new Draft(preview, look) : null;
      this.preview = preview;
    });
    if (!shown) this.#chosen = [];
  }

  /** Lets the person choose a file. */
  async choose(): Promise<void> {
    await this.#try(async () => {
      const path = (await desk.backend?.pickFile?.()) ?? null;
      if (path !== null) await this.look(path);
    });
  }

  /** Hands a file of this page over, then shows what an import would make of it. */
  async hand(file: File): Promise<void> {
    this.problem = null;
    this.handing = file.name;
    await this.#try(async () => {
      const path = await desk.backend?.upload?.(file);
      if (path === undefined) throw new Failure({ kind: 'lost', detail: '' });
      await this.look(path);
    });
    this.handing = null;
  }

  async drop(drop: Drop): Promise<void> {
    this.over = drop.kind === 'over';
    if (drop.kind !== 'paths' && drop.kind !== 'handed') return;
    route.go(screenHref('import'));
    if (drop.kind === 'paths') for (const path of drop.paths) await this.look(path);
    else for (const file of drop.files) await this.hand(file);
  }

  async cancel(job: number): Promise<void> {
    await this.#try(async () => {
      await desk.ask('import_cancel', { job });
      await this.renew();
    });
  }

  /** The import in the log that a job of this session writes. */
  recorded(job: Job): ImportRow | null {
    return this.past.find((row) => row.id === job.import) ?? null;
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
