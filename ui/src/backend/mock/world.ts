/** A made-up day of a desk, for looking at the window; always the same. */
import type { EventRow, Moment } from '../../bindings';

export const ZONE = 'Asia/Shanghai';
export const SOURCE = 'simulated';
/** 2026-11-19 08:00 in Shanghai. */
export const OPENS: Moment = Date.UTC(2026, 10, 19, 0) * 1000;
export const SEC = 1_000_000;

export const QUEUES = ['售后', '退款', '物流查询', 'VIP 专线', 'Technical support', 'Billing', '投诉升级', '換貨服務'];
export const AGENTS = [
  '李静', '王强', '陈嘉慧', 'Emma Clarke', '赵磊', '林美玲', '周杰', 'Ravi Patel', '吴敏', '黃志偉', '孙悦', 'Ana López',
  '徐涛', '何雨', '郭明', '高翔', '馬思遠', '罗丹', '梁晨', '宋佳', '郑爽', '謝依霖', '韩雪', '唐宁',
].map((name, place) => ({ id: `a-${String(place + 1).padStart(3, '0')}`, name })); // prettier-ignore
const TOPICS = ['退货', '物流', '发票', '密码', 'returns', null];
const CHANNELS = ['voice', 'chat', 'messaging', 'email'];
const WORDS = [
  '你好，我的订单三天了还没有发货，电话 138••••••••，麻烦查一下',
  '我要退款\u202e，已經等了很久',
  'Where is my parcel\u200b? The site says <b>delivered</b>, but nothing came.',
  '谢谢，问题解决了 👍',
];

/** A small generator of the same numbers each time (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Contact {
  id: string;
  queue: string | null;
  agent: string | null;
  channel: string;
  topic: string | null;
  priority: number;
  started: Moment;
  dequeued: Moment;
  /** `null` when the customer left. */
  released: Moment | null;
  wrapped: Moment | null;
  rating: number | null;
  asked: boolean;
  events: EventRow[];
}

/** The name under which a contact's customer stands in the log. */
export const pseudonym = (contact: Contact): string => `c-7f3a91d20c45b8e6${contact.id.slice(2).padStart(16, '4c1')}`;

export interface World {
  contacts: Contact[];
  /** In the order of the log. */
  events: EventRow[];
}

function shape(hour: number): number {
  return 0.25 + Math.exp(-((hour - 2.5) ** 2) / 2) + 0.8 * Math.exp(-((hour - 7) ** 2) / 3);
}

export function world(n_per_hour: number): World {
  const roll = dice(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
  const contacts: Contact[] = [];
  for (let day = 0; day < 2; day += 1) {
    for (let minute = 0; minute < 12 * 60; minute += 1) {
      const rate = (shape(minute / 60) * n_per_hour) / 60;
      const arrivals = Math.floor(rate) + (roll() < rate % 1 ? 1 : 0);
      for (let one = 0; one < arrivals; one += 1) {
        const started = OPENS + (day * 86_400 + minute * 60) * SEC + Math.floor(roll() * 60) * SEC;
        const wait = Math.floor(-Math.log(1 - roll()) * 14 * shape(minute / 60)) * SEC;
        const left = roll() < 0.07 * shape(minute / 60);
        const talk = (60 + Math.floor(-Math.log(1 - roll()) * 180)) * SEC;
        const released = left ? null : started + wait + talk;
        const asked = !left && roll() < 0.7;
        contacts.push({
          id: `c-${String(contacts.length + 1).padStart(5, '0')}`,
          queue: roll() < 0.02 ? null : pick(QUEUES),
          agent: left ? null : pick(AGENTS).id,
          channel: pick(CHANNELS),
          topic: pick(TOPICS),
          priority: Math.floor(roll() * 3),
          started,
          dequeued: started + wait,
          released,
          wrapped: released === null ? null : released + Math.floor(roll() * 40) * SEC,
          rating: asked && roll() < 0.45 ? Math.min(5, 2 + Math.floor(roll() * 4)) : null,
          asked,
          events: [],
        });
      }
    }
  }
  return { contacts, events: record(contacts, roll) };
}

type Draft = Omit<
  EventRow,
  'position' | 'version' | 'id' | 'schema' | 'recorded_at' | 'timing' | 'source' | 'actor' | 'poison'
>;

/** An event without personal text. */
const NOBODY = { subject: null, showing: null, personal: {} };

function record(contacts: Contact[], roll: () => number): EventRow[] {
  const drafts: { contact: Contact | null; draft: Draft }[] = [];
  for (const { id, name } of AGENTS) {
    const add = (type: string, after: number, data: object): void => {
      const draft = { stream: `agent-${id}`, event_type: type, occurred_at: OPENS + after * SEC, ...NOBODY };
      drafts.push({ contact: null, draft: { ...draft, data: JSON.stringify(data) } });
    };
    add('agent.profile_changed', 0, { name, queues: QUEUES.slice(0, 3), languages: ['zh', 'en'], n_chats_max: 3 });
    add('agent.signed_in', 30, {});
    add('agent.state_changed', 60, { state: 'available' });
  }
  for (const contact of contacts) {
    const { started, dequeued, released, wrapped, queue, agent } = contact;
    const add = (type: string, at: Moment, data: object, personal: Record<string, string> = {}): void => {
      const stream = `conversation-${contact.id}`;
      const spoken = Object.keys(personal).length > 0;
      const draft = {
        stream,
        event_type: `conversation.${type}`,
        occurred_at: at,
        data: JSON.stringify(data),
        personal,
        subject: spoken ? pseudonym(contact) : null,
        showing: spoken ? ('masked' as const) : null,
      };
      drafts.push({ contact, draft });
    };
    const { channel, topic, priority } = contact;
    add('started', started, { channel, direction: 'inbound', topic, priority, customer: pseudonym(contact) });
    if (roll() < 0.4) add('self_service_ended', started, {});
    if (queue !== null) add('enqueued', started, { queue });
    if (released === null) {
      add('abandoned', dequeued, {});
      continue;
    }
    add('offered', dequeued - 2 * SEC, { agent });
    add('offer_accepted', dequeued, { agent });
    add('dequeued', dequeued, { reason: 'answered' });
    add('assigned', dequeued, { agent });
    if (channel !== 'voice') {
      const text = WORDS[Math.floor(roll() * WORDS.length)] ?? '';
      add('message_received', dequeued + 8 * SEC, { n_chars: [...text].length }, { text });
      add('message_sent', dequeued + 20 * SEC, { by: 'agent', n_chars: 12 }, { text: '您好，我来为您查询。' });
    }
    add('ended', released, { by: 'customer' });
    add('wrap_up_started', released, {});
    if (wrapped !== null) add('wrap_up_ended', wrapped, { code: 'resolved' });
    if (contact.asked) add('survey_sent', released + 60 * SEC, {});
    if (contact.rating !== null) add('survey_answered', released + 90 * SEC, { score: contact.rating, score_max: 5 });
  }
  drafts.sort((a, b) => a.draft.occurred_at - b.draft.occurred_at);
  return drafts.map(({ contact, draft }, position) => {
    const event: EventRow = {
      ...draft,
      position,
      version: contact?.events.length ?? 0,
      id: `00000000-0000-7000-8000-${String(position).padStart(12, '0')}`,
      schema: 1,
      timing: 'recorded',
      recorded_at: draft.occurred_at + 150_000,
      source: SOURCE,
      actor: null,
      poison: null,
    };
    contact?.events.push(event);
    return event;
  });
}
