/** A long list that is fetched page by page as it is scrolled. */
import { problemOf, type Problem } from './backend';

export const PAGE_ROWS = 200;

export interface Page<Row, Head> {
  /** How many rows there are in all. */
  n: number;
  rows: Row[];
  /** What the page says besides its rows. */
  head: Head;
}

export class Pages<Row, Head> {
  n = $state.raw(0);
  head = $state.raw<Head | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** Whether the first page has come. */
  begun = $state.raw(false);
  #rows = $state.raw<ReadonlyMap<number, Row[]>>(new Map());
  #fetch: (offset: number, limit: number) => Promise<Page<Row, Head>>;
  #coming = new Set<number>();
  #generation = 0;
  #seen: [number, number] = [0, 0];

  constructor(fetch: (offset: number, limit: number) => Promise<Page<Row, Head>>) {
    this.#fetch = fetch;
  }

  row(index: number): Row | undefined {
    return this.#rows.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Fetches what rows `from..=to` still lack. */
  want(from: number, to: number): void {
    this.#seen = [from, to];
    const last = Math.floor(Math.max(from, to) / PAGE_ROWS);
    for (let page = Math.floor(from / PAGE_ROWS); page <= last; page += 1) {
      if (!this.#rows.has(page)) void this.#load(page);
    }
  }

  /** Begins anew with another question; what was shown goes. */
  restart(): void {
    this.#generation += 1;
    this.#coming.clear();
    this.#rows = new Map();
    this.#seen = [0, 0];
    this.begun = false;
    this.head = null;
    this.n = 0;
    void this.#load(0);
  }

  /** Fetches what is in sight again; it stays in sight until the new rows are there. */
  async renew(): Promise<void> {
    const generation = this.#generation;
    const [from, to] = this.#seen;
    const first = Math.floor(from / PAGE_ROWS);
    const last = Math.floor(to / PAGE_ROWS);
    for (let page = first; page <= last; page += 1) await this.#load(page);
    if (generation !== this.#generation) return;
    this.#rows = new Map([...this.#rows].filter(([page]) => first <= page && page <= last));
  }

  async #load(page: number): Promise<void> {
    if (this.#coming.has(page)) return;
    this.#coming.add(page);
    const generation = this.#generation;
    try {
      const found = await this.#fetch(page * PAGE_ROWS, PAGE_ROWS);
      if (generation !== this.#generation) return;
      this.#rows = new Map(this.#rows).set(page, found.rows);
      this.n = found.n;
      // The first page speaks for the list; later ones may rest on a longer log.
      if (page === 0 || this.head === null) this.head = found.head;
      this.problem = null;
      this.begun = true;
    } catch (error) {
      if (generation === this.#generation) this.problem = problemOf(error);
    } finally {
      if (generation === this.#generation) this.#coming.delete(page);
    }
  }
}
