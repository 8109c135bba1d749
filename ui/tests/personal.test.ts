import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ActiveUnmasking, EventRow, Status } from '../src/bindings';
import type { Backend } from '../src/backend';
import { desk } from '../src/desk.svelte';
import { intent } from '../src/intent';
import { personal } from '../src/personal.svelte';
import { sentence } from '../src/trail';
import { asJson } from '../src/views/evidence/collect';

const SEC = 1_000_000;
const NOW = Date.UTC(2026, 2, 2, 10) * 1000;

const unmasking = (customer: string | null, secs: number): ActiveUnmasking => ({
  id: `u-${secs}`,
  customer,
  reason: 'a complaint',
  ticket: null,
  until: NOW + secs * SEC,
  actor: 'person:ann',
});

const row = (more: Partial<EventRow>): EventRow => ({
  position: 7,
  stream: 'conversation-1',
  version: 1,
  id: 'e',
  event_type: 'conversation.message_received',
  schema: 1,
  occurred_at: NOW,
  timing: 'recorded',
  recorded_at: NOW,
  source: 'desk',
  actor: null,
  data: '{}',
  subject: 'c-1',
  showing: 'unmasked',
  personal: { text: '我是王小明' },
  poison: null,
  ...more,
});

/** A desk whose clock is an hour ahead of this machine's. */
async function hear(unmaskings: ActiveUnmasking[]): Promise<void> {
  const status = { unmaskings, now: NOW, actor: 'person:ann', zone: 'Asia/Shanghai', position: 9 } as unknown as Status;
  desk.backend = { ask: (verb: string) => Promise.resolve(verb === 'status' ? status : [{}]) } as unknown as Backend;
  const renewed = desk.renew();
  await vi.advanceTimersByTimeAsync(200);
  await renewed;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW / 1000 - 3_600_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an unmasked text', () => {
  it('is shown while its unmasking is not over', async () => {
    await hear([unmasking('c-1', 60)]);
    expect(personal.shown(row({}))).toEqual(row({}));
  });

  it('of another customer is not', async () => {
    await hear([unmasking('c-2', 60)]);
    expect(personal.shown(row({}))).toMatchObject({ showing: 'masked', personal: {} });
  });

  it('is masked again at its end by the desk’s own clock, even if the desk is not heard any more', async () => {
    await hear([unmasking('c-1', 60)]);
    vi.setSystemTime(NOW / 1000 - 3_600_000 + 59_000);
    personal.tick();
    expect(personal.shown(row({})).personal).not.toEqual({});
    vi.setSystemTime(NOW / 1000 - 3_600_000 + 60_500);
    personal.tick();
    expect(personal.shown(row({}))).toMatchObject({ showing: 'masked', personal: {} });
    expect(personal.active).toEqual([]);
  });

  it('is in no copy of the rows behind a figure', () => {
    const rows = [{ numerator: 1, denominator: 1, subject: '1', event: row({}) }];
    expect(asJson({} as never, rows)).not.toContain('王小明');
    const masked = row({ showing: 'masked', personal: { text: '我是•••' } });
    expect(asJson({} as never, [{ numerator: 1, denominator: 1, subject: '1', event: masked }])).toContain('我是');
  });
});

describe('an unmasking on record', () => {
  it('says until when, for whom and for which ticket', () => {
    const data = JSON.stringify({ customer: 'c-1', reason: 'a complaint', ticket: 'T-7', until: NOW });
    const { pieces, facets } = sentence(row({ event_type: 'unmasking.granted', data }));
    expect(pieces.map(({ text }) => text).join('')).toMatch(/18:00:00/);
    expect(facets.map(({ value }) => value)).toEqual(expect.arrayContaining(['c-1', 'a complaint', 'T-7']));
  });
});

describe('a wish', () => {
  it('names who is at the keyboard, and the time by the desk’s own clock', async () => {
    await hear([]);
    const made = intent({ noun: 'unmasking', command: { kind: 'end', unmasking: 'u-1' } });
    expect(made).toMatchObject({ actor: 'person:ann', seen: 9 });
    expect(Math.abs(made.at - NOW)).toBeLessThan(SEC);
  });
});
