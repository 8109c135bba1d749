/** Personal text of the made-up desk: who sees it, how it may be used, and forgetting. */
import type {
  ActiveUnmasking,
  CustomerCommand,
  CustomerStanding,
  Erasure,
  EventRow,
  Showing,
  UnmaskingCommand,
} from '../../bindings';
import { Failure } from '../../backend';

/** The made-up texts as they would be without the mask. */
const plain = (text: string): string => text.replace('138••••••••', '13800138000');

export class MadeUpPersonal {
  #standings = new Map<string, CustomerStanding>();
  #unmaskings: ActiveUnmasking[] = [];
  /** Shows texts in every way there is, for looking at. */
  #every = location.search.includes('showings');

  standing(customer: string): CustomerStanding {
    return this.#standings.get(customer) ?? 'active';
  }

  status(): { now: number; actor: string; keeper: 'file'; unmaskings: ActiveUnmasking[] } {
    const now = Date.now() * 1000;
    return {
      now,
      actor: 'person:李静',
      keeper: 'file',
      unmaskings: this.#unmaskings.filter(({ until }) => now < until),
    };
  }

  /** An event with its texts as far as they may be seen now. */
  row(event: EventRow): EventRow {
    if (event.showing === null) return event;
    const hidden = (showing: Showing): EventRow => ({ ...event, showing, personal: {} });
    if (this.#every) {
      const ways = ['masked', 'restricted', 'erased', 'locked', 'damaged'] as const;
      const way = ways[event.version % ways.length] ?? 'masked';
      if (way !== 'masked') return hidden(way);
    }
    const standing = this.standing(event.subject ?? '');
    if (standing !== 'active') return hidden(standing);
    const { unmaskings } = this.status();
    if (!unmaskings.some(({ customer }) => customer === null || customer === event.subject)) return event;
    const personal = Object.fromEntries(Object.entries(event.personal).map(([name, text]) => [name, plain(text)]));
    return { ...event, showing: 'unmasked', personal };
  }

  customer(command: CustomerCommand): void {
    const standing = ({ restrict: 'restricted', release: 'active', erase: 'erased' } as const)[command.kind];
    this.#standings.set(command.customer, standing);
  }

  unmasking(command: UnmaskingCommand): void {
    if (command.kind === 'end') {
      this.#unmaskings = this.#unmaskings.filter(({ id }) => id !== command.unmasking);
      return;
    }
    // What cannot be recorded shows nothing.
    if (command.reason.includes('disk')) {
      throw new Failure({ kind: 'trouble', code: 'disk_full', detail: 'ENOSPC', path: '/var/lib/retrace' });
    }
    const { unmasking: id, customer, reason, ticket, secs, at } = command;
    this.#unmaskings.push({ id, customer, reason, ticket, until: at + secs * 1_000_000, actor: 'person:李静' });
  }

  forget(customer: string): Erasure {
    this.#standings.set(customer, 'erased');
    return {
      n_texts: 14,
      n_rewrapped: 1_204,
      n_needles: 17,
      n_too_short: 3,
      n_files: 9,
      n_bytes: 48_213_504,
      hits: [],
      named_elsewhere: [120, 464, 1_377],
      removed: [],
    };
  }
}
