/** Figures of the made-up desk: near enough to the real definitions to look at. */
import type { EvidenceRow, EventRow, Figure, Metric, Moment, Scope, Unit } from '../../bindings';
import { SEC, SOURCE, type Contact } from './world';

export const METRICS: Record<Metric, Unit> = {
  'contacts.offered': 'count',
  'contacts.answered': 'count',
  'abandon.count': 'count',
  'queue.waiting': 'count',
  'queue.oldest': 'secs',
  'sl.cisco_negative': 'share',
  'sl.genesys': 'share',
  'sl.cisco_ignore': 'share',
  'sl.connect_answered_in_x': 'count',
  'abandon.in_x': 'count',
  'abandon.rate.genesys': 'share',
  'asa.connect': 'secs',
  'aht.connect': 'secs',
  'aht.named_agent': 'secs',
  'queue.max': 'secs',
  'wait.median_answered': 'secs',
  'queue.waited': 'count',
  'queue.waited_answered': 'count',
  'queue.waited_abandoned': 'count',
  'contacts.talking': 'count',
  'transfers.out': 'count',
  'csat.satisfied': 'share',
  'csat.response': 'share',
};

interface Part {
  numerator: number;
  denominator: number;
  event: EventRow;
}

function contribution(metric: Metric, contact: Contact, now: Moment): Part | null {
  const { started, dequeued, released, wrapped } = contact;
  const waits = now < dequeued;
  const [answered, abandoned] = [!waits && released !== null, !waits && released === null];
  const wait = (dequeued - started) / SEC;
  const within = wait <= 20;
  const find = (type: string): EventRow | undefined =>
    contact.events.find(({ event_type }) => event_type === `conversation.${type}`);
  const fate = find(answered ? 'dequeued' : 'abandoned') ?? contact.events[0];
  const make = (counts: boolean, numerator: number, event = fate): Part | null =>
    counts && event ? { numerator, denominator: 1, event } : null;
  const handled = answered && wrapped !== null && wrapped <= now;
  switch (metric) {
    case 'contacts.offered':
      return make(!waits, 1);
    case 'contacts.answered':
      return make(answered, 1);
    case 'abandon.count':
      return make(abandoned, 1);
    case 'queue.waiting':
      return make(waits, 1, find('enqueued'));
    case 'queue.oldest':
      return make(waits, (now - started) / SEC, find('enqueued'));
    case 'sl.cisco_negative':
      return make(!waits, Number(answered && within));
    case 'sl.genesys':
      return make(answered, Number(within));
    case 'sl.cisco_ignore':
      return make(answered || (abandoned && !within), Number(answered && within));
    case 'sl.connect_answered_in_x':
      return make(answered && within, 1);
    case 'abandon.in_x':
      return make(abandoned && within, 1);
    case 'abandon.rate.genesys':
      return make(!waits, Number(abandoned));
    case 'asa.connect':
    case 'wait.median_answered':
      return make(answered, wait);
    case 'aht.connect':
    case 'aht.named_agent':
      return make(handled, ((wrapped ?? 0) - dequeued) / SEC, find('wrap_up_ended'));
    case 'queue.max':
      return make(!waits, wait);
    case 'queue.waited':
      return make(!waits && 0 < wait, 1);
    case 'queue.waited_answered':
      return make(answered && 0 < wait, 1);
    case 'queue.waited_abandoned':
      return make(abandoned && 0 < wait, 1);
    case 'contacts.talking':
      return make(answered && now < (released ?? 0), 1, find('assigned'));
    case 'transfers.out':
      return null;
    case 'csat.satisfied': {
      const rated = find('survey_answered');
      return make(rated !== undefined && rated.occurred_at <= now, Number((contact.rating ?? 0) >= 4), rated);
    }
    case 'csat.response': {
      const sent = find('survey_sent');
      return make(sent !== undefined && sent.occurred_at <= now, Number(contact.rating !== null), sent);
    }
  }
}

export function fits(contact: Contact, scope: Scope, now: Moment): boolean {
  const field = (wanted: string | null, value: string | null): boolean => wanted === null || wanted === (value ?? '');
  return (
    contact.started <= now &&
    field(scope.source, SOURCE) &&
    (scope.from ?? -Infinity) <= contact.started &&
    contact.started < (scope.to ?? Infinity) &&
    field(scope.queue, contact.queue) &&
    field(scope.channel, contact.channel) &&
    field(scope.topic, contact.topic) &&
    field(scope.priority, String(contact.priority)) &&
    field(scope.agent, contact.dequeued <= now ? contact.agent : null)
  );
}

export function evidence(contacts: readonly Contact[], metric: Metric, scope: Scope, now: Moment): EvidenceRow[] {
  return contacts
    .filter((contact) => fits(contact, scope, now))
    .flatMap((contact) => {
      const part = contribution(metric, contact, now);
      return part ? [{ ...part, subject: contact.id }] : [];
    })
    .sort((a, b) => b.event.position - a.event.position);
}

export function figure(
  contacts: readonly Contact[],
  metric: Metric,
  scope: Scope,
  now: Moment,
  position: number,
): Figure {
  const rows = evidence(contacts, metric, scope, now);
  const sum = (of: (row: EvidenceRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const [numerator, denominator] = [sum((row) => row.numerator), sum((row) => row.denominator)];
  const unit = METRICS[metric];
  const values = rows.map((row) => row.numerator).sort((a, b) => a - b);
  let value: number | null;
  if (metric === 'queue.oldest' || metric === 'queue.max') value = values.at(-1) ?? null;
  else if (metric === 'wait.median_answered') value = values[Math.floor(values.length / 2)] ?? null;
  else if (unit === 'count') value = numerator;
  else value = denominator === 0 ? null : numerator / denominator;
  return { metric, version: 1, unit, value, numerator, denominator, n: rows.length, scope, position };
}
