/** A made-up desk behind the same interface, for looking at the window and for tests; never in a release. */
import { verification } from './mock/verification';
import type { EventRow, Figure, Group, Metric, Moment, PlayheadView, Scope, Standing } from '../bindings';
import { Failure, type Backend, type Verb } from '../backend';
import { EVERYTHING } from '../scope';
import { momentAt, dayStart, local, nextDay } from '../zone';
import { chartSvg } from './mock/chart';
import { evidence, figure, fits, METRICS } from './mock/figures';
import { MAPPINGS, MadeUpImports } from './mock/imports';
import { MadeUpPersonal } from './mock/personal';
import { AGENTS, OPENS, pseudonym, SEC, SOURCE, world, ZONE, type Contact } from './mock/world';

const ALL = Object.keys(METRICS) as Metric[];
const OF_QUEUES: Metric[] = [
  'contacts.offered',
  'contacts.answered',
  'abandon.count',
  'queue.waiting',
  'queue.oldest',
  'sl.cisco_negative',
  'asa.connect',
  'aht.connect',
  'abandon.rate.genesys',
];
const OF_HALF_HOURS: Metric[] = [
  'contacts.offered',
  'contacts.answered',
  'abandon.count',
  'sl.cisco_negative',
  'asa.connect',
  'aht.connect',
  'abandon.rate.genesys',
  'csat.satisfied',
];

class MadeUpDesk {
  #world = world(location.search.includes('busy') ? 900 : 120);
  #empty = location.search.includes('empty');
  #imports = new MadeUpImports();
  #personal = new MadeUpPersonal();
  #site = '示例服务台';
  #zone = ZONE;
  #playhead: PlayheadView = { mode: 'live', at: null, speed: 60 };
  #anchor = performance.now();
  /** Live is a moment of the second day, which goes on. */
  #live = (): Moment => OPENS + (86_400 + 3 * 3600) * SEC + Math.floor(performance.now() * 1000);

  #now(): Moment {
    const { mode, at, speed } = this.#playhead;
    if (mode === 'live' || at === null) return this.#live();
    const passed = mode === 'playing' ? (performance.now() - this.#anchor) * 1000 * speed : 0;
    return Math.min(this.#live(), Math.round(at + passed));
  }

  #position(now: Moment): number {
    let [low, high] = [0, this.#world.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#world.events[middle]?.occurred_at ?? 0) <= now) low = middle + 1;
      else high = middle;
    }
    return this.#empty ? 0 : low;
  }

  #status() {
    const now = this.#now();
    const density = new Map<Moment, number>();
    const until = this.#position(this.#live());
    for (const event of this.#world.events.slice(0, until)) {
      const slot = Math.floor(event.occurred_at / 900_000_000) * 900_000_000;
      density.set(slot, (density.get(slot) ?? 0) + 1);
    }
    return {
      build: '0.1.0',
      site: this.#site,
      zone: this.#zone,
      log: '/var/lib/retrace/sample.retrace',
      playhead: { ...this.#playhead, at: this.#playhead.mode === 'live' ? null : now },
      as_of: now,
      position: this.#position(now),
      head: until,
      lag: 0,
      span: this.#empty ? null : ([OPENS, this.#live()] as [Moment, Moment]),
      density: [...density],
      sources: [SOURCE],
      n_poison: location.search.includes('poison') ? 2 : 0,
      sample: true,
      halted: null,
      verified: { to: until, at: this.#live(), n_findings: location.search.includes('findings') ? 1 : 0 },
      ...this.#personal.status(),
    };
  }

  #groups(
    contacts: readonly Contact[],
    metrics: Metric[],
    scope: Scope,
    by: (contact: Contact) => [string | null, Scope],
  ): Group[] {
    const now = this.#now();
    const groups = new Map<string | null, { scope: Scope; contacts: Contact[] }>();
    for (const contact of contacts.filter((candidate) => fits(candidate, scope, now))) {
      const [key, narrowed] = by(contact);
      const group = groups.get(key) ?? { scope: narrowed, contacts: [] };
      group.contacts.push(contact);
      groups.set(key, group);
    }
    return [...groups]
      .sort(([a], [b]) => (a ?? '').localeCompare(b ?? ''))
      .map(([key, group]) => ({
        key: [key],
        figures: metrics.map((metric) => figure(group.contacts, metric, group.scope, now, this.#position(now))),
      }));
  }

  #resolved(scope: Scope, range: string): Scope {
    const now = this.#now();
    if (range === 'given') return scope;
    if (range === 'all') return { ...scope, from: null, to: null };
    return { ...scope, from: dayStart(this.#zone, now), to: nextDay(this.#zone, now) };
  }

  #halfHours(scope: Scope): Group[] {
    return this.#groups(this.#world.contacts, OF_HALF_HOURS, scope, ({ started }) => {
      const time = local(this.#zone, started);
      const from = momentAt(this.#zone, { ...time, minute: time.minute < 30 ? 0 : 30, second: 0 });
      return [new Date(from / 1000).toISOString(), { ...scope, from, to: from + 1800 * SEC }];
    });
  }

  #standingOf(place: number): Standing {
    const kinds: Standing[] = [
      'on_contact',
      'available',
      'wrapping_up',
      'away',
      'on_contact',
      'on_contact',
      'signed_out',
    ];
    return kinds[(place + Math.floor(this.#now() / (60 * SEC))) % kinds.length] ?? 'available';
  }

  #livePage(asked: Scope, range: string) {
    const now = this.#now();
    const position = this.#position(now);
    const scope = this.#resolved(asked, range);
    const { contacts } = this.#world;
    const of = (metric: Metric): Figure => figure(contacts, metric, scope, now, position);
    const days = new Map<Moment, number>();
    for (const contact of contacts.filter((candidate) => candidate.started <= now)) {
      const from = dayStart(this.#zone, contact.started);
      days.set(from, (days.get(from) ?? 0) + 1);
    }
    const waiting = contacts.filter((contact) => fits(contact, scope, now) && now < contact.dequeued);
    const standings = AGENTS.map((_, place) => this.#standingOf(place));
    const kinds: Standing[] = ['available', 'on_contact', 'wrapping_up', 'away', 'signed_out', 'not_recorded'];
    return {
      as_of: now,
      position,
      zone: this.#zone,
      scope,
      sources: [SOURCE],
      days: [...days].map(([from, n_legs]) => {
        const time = local(this.#zone, from);
        return { date: `${time.year}-${time.month}-${time.day}`, from, to: from + 86_400 * SEC, n_legs };
      }),
      totals: ALL.map(of),
      queues: this.#groups(contacts, OF_QUEUES, scope, ({ queue }) => [queue, { ...scope, queue: queue ?? '' }]),
      half_hours: this.#halfHours(scope),
      waiting: waiting
        .sort((a, b) => a.started - b.started)
        .map((contact) => ({
          conversation: contact.id,
          queue: contact.queue,
          channel: contact.channel,
          since: contact.started,
          position: contact.events[0]?.position ?? 0,
        })),
      n_waiting: waiting.length,
      standings: kinds.map((standing) => {
        const n = standings.filter((kind) => kind === standing).length;
        const of = { ...EVERYTHING, source: scope.source, standing };
        const unit = 'count' as const;
        return {
          metric: 'agents.in_standing',
          version: 1,
          unit,
          value: n,
          numerator: n,
          denominator: n,
          n,
          scope: of,
          position,
        };
      }),
      agents: AGENTS.map(({ id, name }, place) => ({
        id,
        name,
        standing: this.#standingOf(place),
        state: this.#standingOf(place) === 'away' ? ('meal' as const) : ('available' as const),
        since: now - ((place * 97) % 1300) * SEC,
        n_contacts: this.#standingOf(place) === 'on_contact' ? 1 + (place % 3) : 0,
        queues: ['售后'],
        figures: (['contacts.answered', 'aht.connect'] as Metric[]).map((metric) =>
          figure(contacts, metric, { ...scope, agent: id }, now, position),
        ),
        position: place,
      })),
    };
  }

  #row(contact: Contact, now: Moment) {
    const done = contact.wrapped !== null && contact.wrapped <= now;
    const [waits, left] = [now < contact.dequeued, contact.released === null];
    return {
      id: contact.id,
      source: SOURCE,
      channel: contact.channel,
      topic: contact.topic,
      priority: contact.priority,
      customer: pseudonym(contact),
      queue: contact.queue,
      agent: waits ? null : contact.agent,
      outcome: waits ? ('waiting' as const) : left ? ('abandoned' as const) : ('answered' as const),
      phase: waits ? ('waiting' as const) : done || left ? ('closed' as const) : ('talking' as const),
      started_at: contact.started,
      timing: 'recorded',
      ended_timing: 'recorded',
      ended_at: done ? contact.wrapped : null,
      waited_secs: waits ? null : (contact.dequeued - contact.started) / SEC,
      handled_secs: done && contact.wrapped !== null ? (contact.wrapped - contact.dequeued) / SEC : null,
      rating: done ? contact.rating : null,
      rating_max: done && contact.rating !== null ? 5 : null,
      n_facts: contact.events.filter((event) => event.occurred_at <= now).length,
      n_legs: 1,
      voided: false,
    };
  }

  // The questions are checked by the interface; inside, one method answers all verbs.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  answer(verb: Verb, asked: any): unknown {
    const now = this.#now();
    const contacts = this.#empty ? [] : this.#world.contacts;
    switch (verb) {
      case 'verification':
      case 'verify':
        return verification(this.#position(this.#live()), this.#live());
      case 'status':
        return this.#status();
      case 'live':
        return this.#livePage(asked.scope, asked.range);
      case 'chart':
        return { svg: chartSvg(asked, this.#halfHours(this.#resolved(asked.scope, asked.range))) };
      case 'definitions':
        return ALL.map((id) => ({ id, version: 1, unit: METRICS[id], aggregate: 'ratio', ...DEFINED }));
      case 'evidence': {
        const found = METRICS[asked.metric as Metric];
        const events = this.#world.events;
        const rows = found
          ? evidence(contacts, asked.metric, asked.scope, now)
          : AGENTS.map((agent, place) => ({
              numerator: 1,
              denominator: 1,
              subject: agent.id,
              event: events[place],
            })).filter((_, place) => this.#standingOf(place) === asked.scope.standing);
        const whole = found
          ? figure(contacts, asked.metric, asked.scope, now, this.#position(now))
          : {
              metric: asked.metric,
              version: 1,
              unit: 'count',
              value: rows.length,
              n: rows.length,
              scope: asked.scope,
              position: this.#position(now),
            };
        const definition = { id: asked.metric, version: 1, unit: 'share', aggregate: 'ratio', ...DEFINED };
        return { figure: whole, definition, rows: rows.slice(asked.offset, asked.offset + asked.limit) };
      }
      case 'conversations': {
        const text = asked.text.trim().toLowerCase();
        const found = contacts
          .filter((contact) => fits(contact, asked.scope, now))
          .filter((contact) => `${contact.id} ${contact.queue} ${contact.topic}`.toLowerCase().includes(text))
          .map((contact) => this.#row(contact, now))
          .filter((row) => asked.outcome === null || row.outcome === asked.outcome)
          .reverse();
        return {
          n: found.length,
          rows: found.slice(asked.offset, asked.offset + asked.limit),
          position: this.#position(now),
        };
      }
      case 'conversation': {
        const contact = contacts.find(({ id }) => id === asked.id);
        if (!contact || now < contact.started)
          throw new Failure({ kind: 'unknown', what: 'conversation', name: asked.id });
        const row = this.#row(contact, now);
        const trail = contact.events.filter((event) => event.occurred_at <= now);
        const standing = this.#personal.standing(row.customer);
        return { row, standing, trail: trail.map((event) => this.#personal.row(event)), ratings: null, claims: [] };
      }
      case 'event':
        return this.#world.events[asked.position] && this.#personal.row(this.#world.events[asked.position] as EventRow);
      case 'playhead': {
        const at = this.#now();
        this.#anchor = performance.now();
        if (asked.kind === 'live') this.#playhead = { ...this.#playhead, mode: 'live', at: null };
        else if (asked.kind === 'pause') this.#playhead = { ...this.#playhead, mode: 'paused', at };
        else if (asked.kind === 'play') {
          this.#playhead = { mode: 'playing', at: this.#playhead.mode === 'live' ? OPENS : at, speed: asked.speed };
        } else {
          const mode = this.#playhead.mode === 'playing' ? 'playing' : 'paused';
          this.#playhead = { ...this.#playhead, mode, at: asked.at };
        }
        return this.#playhead;
      }
      case 'import_preview':
        return this.#imports.preview(asked.path, asked.mapping);
      case 'import_start':
        if (asked.path.includes('missing')) {
          throw new Failure({ kind: 'trouble', code: 'file_missing', detail: 'no such file', path: asked.path });
        }
        return this.#imports.start(asked.path, asked.mapping);
      case 'import_jobs':
        return this.#imports.jobs();
      case 'import_cancel':
        return this.#imports.cancel(asked.job);
      case 'imports':
        return this.#imports.imports();
      case 'import_notes':
        return this.#imports.notes(asked.reason, asked.offset, asked.limit);
      case 'mappings':
        return MAPPINGS;
      case 'mapping_save':
        return { name: 'calls', path: 'desk.retrace-mappings/calls.toml' };
      case 'forget':
        return this.#personal.forget(asked.customer);
      case 'ask': {
        const position = this.#world.events.length;
        if (asked.command.noun === 'customer') return (this.#personal.customer(asked.command.command), { position });
        if (asked.command.noun === 'unmasking') return (this.#personal.unmasking(asked.command.command), { position });
        const { name, zone } = asked.command.command;
        if (!Intl.supportedValuesOf('timeZone').includes(zone)) {
          throw new Failure({
            kind: 'rejected',
            rejection: { noun: 'site', rejection: { kind: 'unknown_zone', zone } },
          });
        }
        this.#site = name;
        this.#zone = zone;
        return { position };
      }
    }
  }
}

const DEFINED = {
  formula: 'answered within T / (answered + abandoned)',
  citation: 'Cisco Unified Intelligence Center 9.0, p. 226, abandons count against',
  within_secs: 20,
};

export function mock(): Backend {
  const desk = new MadeUpDesk();
  return {
    ask: async (verb, question) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (location.hash.includes('lost')) throw new Failure({ kind: 'lost', detail: 'made up' });
      return structuredClone(desk.answer(verb, question)) as never;
    },
    pickFile: () => Promise.resolve('/data/february_1999.txt'),
    notify: null,
    upload: null,
    onDrop: () => () => undefined,
  };
}
