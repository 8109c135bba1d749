/** Personal text in this window: which unmaskings are not over, and which dialog about it is open. */
import type { ActiveUnmasking, EventRow, Moment } from './bindings';
import { desk } from './desk.svelte';
import { intent } from './intent';

/** Whose texts the screen shows, and what may be asked about them. */
export interface Whom {
  customer: string;
  /** Whether an unmasking would show anything. */
  showable: boolean;
}

class Personal {
  /** Whose texts the screen shows; `null` where it shows nobody's. */
  whom = $state.raw<Whom | null>(null);
  open = $state<'none' | 'unmask' | 'texts'>('none');
  #tick = $state<Moment>(0);

  /** The desk's own clock, as of the latest tick. */
  now: Moment = $derived(Math.max(this.#tick, desk.status?.now ?? 0));
  /** Unmaskings that are not over, by the clock that goes on even while the desk is not heard. */
  active: readonly ActiveUnmasking[] = $derived(
    (desk.status?.unmaskings ?? []).filter(({ until }) => this.now < until),
  );
  /** Changes when what may be seen has changed. */
  key: string = $derived(this.active.map(({ id, until }) => `${id} ${until}`).join());

  /** Lets the clock go on. */
  tick(): void {
    this.#tick = desk.now();
  }

  /** The unmasking under which texts about somebody may be seen as they are. */
  over(subject: string | null): ActiveUnmasking | undefined {
    return this.active.find(({ customer }) => customer === null || customer === subject);
  }

  /** An event as it may be seen now: an unmasked text that was fetched before its time was over is masked again. */
  shown(event: EventRow): EventRow {
    return event.showing === 'unmasked' && !this.over(event.subject)
      ? { ...event, showing: 'masked', personal: {} }
      : event;
  }

  /** Ends an unmasking before its time; what goes wrong is shown. */
  async end(unmasking: string): Promise<void> {
    const command = intent({ noun: 'unmasking', command: { kind: 'end', unmasking } });
    await desk.act('ask', command);
    await desk.renew().catch(() => undefined);
  }
}

export const personal = new Personal();
