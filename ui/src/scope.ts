/** Which legs are counted: the filters a person sets, and a scope in words. */
import type { Scope } from './bindings';
import { moment, named, say, word } from './say.svelte';

export const EVERYTHING: Scope = {
  source: null,
  from: null,
  to: null,
  queue: null,
  channel: null,
  topic: null,
  priority: null,
  agent: null,
  standing: null,
};

/** The fields a person can filter by, in the order of the chips. */
export const FACETS = ['source', 'queue', 'channel', 'topic', 'priority', 'agent'] as const;
export type Facet = (typeof FACETS)[number];

/** A facet's value as it is shown: channels and agents have names, an empty text means that none is recorded. */
export function facetText(facet: Facet, value: string, agentName: (id: string) => string): string {
  if (value === '') return named(null);
  if (facet === 'channel') return word('channel', value);
  return facet === 'agent' ? agentName(value) : value;
}

/** A scope as labelled words; nothing when it counts everything. */
export function scopeWords(
  scope: Scope,
  zone: string,
  agentName: (id: string) => string,
): { label: string; value: string }[] {
  const words: { label: string; value: string }[] = [];
  const { from, to, standing } = scope;
  const at = (time: number): string => moment(zone, time, 'minute');
  if (from !== null && to !== null) {
    words.push({ label: say('scope.time'), value: say('scope.between', { from: at(from), to: at(to) }) });
  } else if (from !== null) words.push({ label: say('scope.time'), value: say('scope.from', { from: at(from) }) });
  else if (to !== null) words.push({ label: say('scope.time'), value: say('scope.until', { to: at(to) }) });
  for (const facet of FACETS) {
    const value = scope[facet];
    if (value !== null) words.push({ label: say(`scope.${facet}`), value: facetText(facet, value, agentName) });
  }
  if (standing !== null) words.push({ label: say('scope.standing'), value: word('standing', standing) });
  return words;
}
