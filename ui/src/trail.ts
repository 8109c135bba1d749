/** Events as sentences: one line for each type, built from its payload. */
import type { EventRow } from './bindings';
import { desk } from './desk.svelte';
import { live } from './live.svelte';
import { moment, say, saidPieces, word } from './say.svelte';
import type { Filling, Key, Piece } from './words';

export interface Sentence {
  pieces: Piece[];
  /** What the payload says besides, under its own label. */
  facets: { label: string; value: string }[];
}

type Data = Record<string, unknown>;

/** The payload; an unreadable one is empty, and the raw event still shows it. */
export function dataOf(event: EventRow): Data {
  try {
    const data: unknown = JSON.parse(event.data);
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Data) : {};
  } catch {
    return {};
  }
}

const text = (data: Data, field: string): string | null => {
  const value = data[field];
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
};
const amount = (data: Data, field: string): number => (typeof data[field] === 'number' ? data[field] : 0);
const list = (data: Data, field: string): string[] => {
  const value = data[field];
  return Array.isArray(value) ? value.map(String) : [];
};

type Telling = (data: Data, event: EventRow) => [Key, Filling?];
const agent = (data: Data): Filling => {
  const id = text(data, 'agent');
  return { agent: id === null ? say('value.unrecorded') : live.agentName(id) };
};
const told = (data: Data, field: string): string => text(data, field) ?? say('value.unrecorded');
const plainly =
  (key: Key): Telling =>
  () => [key];

const TELLINGS: Record<string, Telling> = {
  'conversation.started': (data) => [
    'says.started',
    {
      channel: word('channel', text(data, 'channel') ?? ''),
      direction: word('direction', text(data, 'direction') ?? 'inbound'),
    },
  ],
  'conversation.self_service_ended': plainly('says.self_service_ended'),
  'conversation.enqueued': (data) => ['says.enqueued', { queue: text(data, 'queue') ?? say('value.unrecorded') }],
  'conversation.offered': (data) => ['says.offered', agent(data)],
  'conversation.offer_accepted': (data) => ['says.offer_accepted', agent(data)],
  'conversation.offer_rejected': (data) => ['says.offer_rejected', agent(data)],
  'conversation.offer_timed_out': (data) => ['says.offer_timed_out', agent(data)],
  'conversation.dequeued': (data) => {
    const reason = text(data, 'reason');
    if (reason === 'flowed_out') return ['says.dequeued.flowed_out'];
    return [reason === 'callback_requested' ? 'says.dequeued.callback_requested' : 'says.dequeued.answered'];
  },
  'conversation.abandoned': plainly('says.abandoned'),
  'conversation.assigned': (data) => (text(data, 'agent') ? ['says.assigned', agent(data)] : ['says.assigned_unnamed']),
  'conversation.held': plainly('says.held'),
  'conversation.resumed': plainly('says.resumed'),
  'conversation.transferred': (data) => {
    const [queue, person] = [text(data, 'to_queue'), text(data, 'to_agent')];
    if (person) return ['says.transferred_agent', { agent: live.agentName(person) }];
    return queue ? ['says.transferred_queue', { queue }] : ['says.transferred'];
  },
  'conversation.message_received': (data) => ['says.message_received', { n: amount(data, 'n_chars') }],
  'conversation.message_sent': (data) => [
    'says.message_sent',
    { n: amount(data, 'n_chars'), party: word('party', text(data, 'by') ?? 'agent') },
  ],
  'conversation.wrap_up_started': plainly('says.wrap_up_started'),
  'conversation.wrap_up_ended': plainly('says.wrap_up_ended'),
  'conversation.ended': (data) => {
    const by = text(data, 'by');
    return by ? ['says.ended_by', { party: word('party', by) }] : ['says.ended'];
  },
  'conversation.resolved': plainly('says.resolved'),
  'conversation.survey_sent': plainly('says.survey_sent'),
  'conversation.survey_answered': (data) => [
    'says.survey_answered',
    { score: amount(data, 'score'), max: amount(data, 'score_max') },
  ],
  'conversation.voided': (data) => ['says.voided', { reason: text(data, 'reason') ?? say('value.unrecorded') }],
  'conversation.suggestions_requested': (data) => ['says.suggestions_requested', { n: amount(data, 'n_chars') }],
  'conversation.suggestion_picked': (data) => {
    const [rank, label] = [text(data, 'rank'), text(data, 'label') ?? say('value.unrecorded')];
    const n = amount(data, 'n_offered');
    return rank === null ? ['says.picked_unranked', { label, n }] : ['says.picked', { label, rank, n }];
  },
  'conversation.knowledge_queried': (data) => ['says.queried', { api: text(data, 'api') ?? say('value.unrecorded') }],
  'conversation.knowledge_returned': (data) => [
    data['found'] === true ? 'says.returned' : 'says.returned_none',
    { api: text(data, 'api') ?? say('value.unrecorded') },
  ],
  'conversation.step_instructed': (data) => ['says.instructed', { n: amount(data, 'n_chars') }],
  'conversation.task_selected': (data) => [
    'says.task_selected',
    { task: text(data, 'task') ?? say('value.unrecorded') },
  ],
  'conversation.item_selected': (data) => [
    text(data, 'slot') === 'secondary' ? 'says.item_secondary' : 'says.item_primary',
  ],
  'conversation.completion_declared': (data) => [
    'says.completion_declared',
    { party: word('party', text(data, 'by') ?? 'system') },
  ],
  'conversation.concluded': (data) => ['says.concluded', { outcome: text(data, 'outcome') ?? say('value.unrecorded') }],
  'conversation.questionnaire_answered': (data) => [
    'says.questionnaire_answered',
    { party: word('party', text(data, 'by') ?? 'system'), n: answers(data).length },
  ],
  'conversation.turn_began': (data) => [
    'says.turn_began',
    { nth: amount(data, 'nth'), party: word('party', text(data, 'by') ?? 'system'), n: amount(data, 'n_messages') },
  ],
  'conversation.rated': (data) => ['says.rated', { rater: text(data, 'rater') ?? '', values: values(data) }],
  'conversation.intent_read': (data) => {
    const [intent, sure] = [told(data, 'intent'), data['confidence']];
    return typeof sure === 'number'
      ? ['says.intent_read_sure', { intent, confidence: `${Math.round(sure * 100)} %` }]
      : ['says.intent_read', { intent }];
  },
  'conversation.turns_retracted': (data) => [
    'says.turns_retracted',
    { what: word('retraction', text(data, 'reason') ?? '') },
  ],
  'conversation.figure_claimed': (data) => {
    const [metric, value] = [text(data, 'metric') ?? '', text(data, 'value')];
    const unit = word('measure', text(data, 'unit') ?? '');
    return value === null
      ? ['says.figure_claimed_moment', { metric }]
      : ['says.figure_claimed', { metric, value, unit }];
  },
  'agent.profile_changed': (data) => ['says.profile_changed', { name: text(data, 'name') ?? say('value.unrecorded') }],
  'agent.signed_in': plainly('says.signed_in'),
  'agent.signed_out': plainly('says.signed_out'),
  'agent.state_changed': (data) => ['says.state_changed', { state: word('state', text(data, 'state') ?? '') }],
  'customer.identified': plainly('says.identified'),
  'customer.restricted': plainly('says.restricted'),
  'customer.released': plainly('says.released'),
  'customer.erased': plainly('says.erased'),
  'unmasking.granted': (data) => {
    const until = moment(desk.zone, amount(data, 'until'), 'second');
    return [text(data, 'customer') ? 'says.unmasking_granted' : 'says.unmasking_granted_all', { until }];
  },
  'unmasking.ended': plainly('says.unmasking_ended'),
  'site.declared': (data) => ['says.declared', { name: text(data, 'name') ?? '', zone: text(data, 'zone') ?? '' }],
  'ticket.opened': plainly('says.ticket_opened'),
  'ticket.revised': (data) => [
    'says.ticket_revised',
    { status: told(data, 'status'), team: told(data, 'team'), agent: told(data, 'agent') },
  ],
  'ticket.activity_recorded': (data) => [
    'says.ticket_activity',
    { activity: told(data, 'activity'), transition: told(data, 'transition'), agent: told(data, 'agent') },
  ],
  'import.started': (data) => [
    'says.import_started',
    { file: text(data, 'file') ?? '', source: text(data, 'source') ?? '' },
  ],
  'import.progressed': (data) => ['says.import_progressed', { n: amount(data, 'n_rows_read') }],
  'import.row_repaired': (data) => [
    'says.import_repaired',
    { line: amount(data, 'line'), reasons: reasons(list(data, 'reasons')) },
  ],
  'import.row_refused': (data) => [
    'says.import_refused',
    { line: amount(data, 'line'), reason: reasons([text(data, 'reason') ?? '']) },
  ],
  'import.cancelled': plainly('says.import_cancelled'),
  'import.interrupted': (data) => [
    'says.import_interrupted',
    { reason: word('trouble', text(data, 'reason') ?? '').replace(/[.。]$/, '') },
  ],
  'import.finished': (data) => ['says.import_finished', { n: reportRows(data) }],
};

/** What one rater says on each scale: `A −1 · S 0`. */
function values(data: Data): string {
  const given = data['values'];
  const named = typeof given === 'object' && given !== null ? Object.entries(given as Data) : [];
  return named.map(([scale, value]) => `${scale} ${signed(Number(value))}`).join(' · ');
}

/** A whole number with a true minus sign. */
export const signed = (value: number): string => String(value).replace('-', '−');

/** Answers of a questionnaire as words. */
function answers(data: Data): string[] {
  const given = Array.isArray(data['answers']) ? (data['answers'] as Data[]) : [];
  return given.map(({ yes, number }) => {
    if (typeof number === 'number') return String(number);
    return say(yes === true ? 'answer.yes' : yes === false ? 'answer.no' : 'answer.words');
  });
}

function reportRows(data: Data): number {
  const report = data['report'];
  return typeof report === 'object' && report !== null ? amount(report as Data, 'n_rows_read') : 0;
}

/** Reason codes of an import as words, joined. */
export function reasons(codes: readonly string[]): string {
  return codes.map((code) => word('reason', code)).join(' · ');
}

/** The payload fields that no sentence tells, by event type family; shown where they are recorded. */
const FACETS = [
  'reason',
  'code',
  'entry',
  'language',
  'tier',
  'detail',
  'n_chats_max',
  'ticket',
  'n_items',
  'sub_status',
  'level',
  'impact',
  'urgency',
  'product',
  'category',
  'organisation',
  'country',
] as const;
const TOLD = new Set(['conversation.dequeued', 'conversation.voided', 'import.row_refused', 'import.interrupted']);

/** What an event says. */
export function sentence(event: EventRow): Sentence {
  const data = dataOf(event);
  const [key, filling] = TELLINGS[event.event_type]?.(data, event) ?? [];
  const pieces = key ? saidPieces(key, filling ?? {}) : [{ text: event.event_type, filled: true }];
  const facets: Sentence['facets'] = [];
  if (event.event_type === 'conversation.started') {
    for (const field of ['topic', 'priority'] as const) {
      const value = text(data, field);
      if (value) facets.push({ label: say(`scope.${field}`), value });
    }
    const customer = text(data, 'customer');
    if (customer) facets.push({ label: say('list.customer'), value: customer });
  }
  if (event.event_type === 'unmasking.granted') {
    const customer = text(data, 'customer');
    if (customer) facets.push({ label: say('list.customer'), value: customer });
  }
  for (const field of FACETS) {
    const value = field === 'reason' && TOLD.has(event.event_type) ? null : text(data, field);
    if (value) facets.push({ label: say(`facet.${field}`), value });
  }
  for (const field of ['queues', 'languages', 'options', 'fields', 'labels'] as const) {
    const values = list(data, field);
    if (values.length) facets.push({ label: say(`facet.${field}`), value: values.join(', ') });
  }
  const answered = answers(data);
  if (answered.length) facets.push({ label: say('facet.answers'), value: answered.join(', ') });
  // An actor that only repeats the source says nothing new.
  if (event.actor && event.actor !== event.source) facets.push({ label: say('facet.actor'), value: event.actor });
  return { pieces, facets };
}

/** The word for an event's type. */
export const eventName = (type: string): string => word('event', type);

/** An event as JSON text to read, its payload unfolded. */
export function rawText(event: EventRow): string {
  let data: unknown = event.data;
  try {
    data = JSON.parse(event.data);
  } catch {
    // A payload that is not JSON is shown as the text it is.
  }
  return JSON.stringify({ ...event, data }, null, 2);
}
