import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { CustomerStanding, Keeper, Metric, Rejection, Showing, Standing, Trouble } from '../src/bindings';
import { CATALOGUES, known, pieces, preferred, type Key, type Language, type Word } from '../src/words';

const forms = (word: Word): string[] => (typeof word === 'string' ? [word] : Object.values(word));
const places = (text: string): string[] => [...text.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1] ?? '').sort();
const keys = Object.keys(CATALOGUES['zh-Hans']) as Key[];
const LANGUAGES = Object.keys(CATALOGUES) as Language[];

describe('the catalogues', () => {
  it.each(LANGUAGES)('%s has every key and no other', (language) => {
    expect(Object.keys(CATALOGUES[language]).sort()).toEqual([...keys].sort());
  });

  it.each(LANGUAGES)('%s has the same placeholders everywhere, and no empty text', (language) => {
    for (const key of keys) {
      for (const form of forms(CATALOGUES[language][key])) {
        expect(form.trim(), key).not.toBe('');
        expect(places(form), key).toEqual(places(forms(CATALOGUES['zh-Hans'][key])[0] ?? ''));
      }
    }
  });

  it('has no word in one language that was left in another', () => {
    for (const key of keys) {
      const han = /\p{Script=Han}/u;
      expect(han.test(forms(CATALOGUES.en[key]).join('')), key).toBe(false);
    }
  });

  it('has no exclamation marks', () => {
    for (const language of LANGUAGES) {
      for (const key of keys) expect(forms(CATALOGUES[language][key]).join(''), key).not.toMatch(/[!！]/);
    }
  });

  it('is used: every key is named in the source, whole or by its family', () => {
    const files = readdirSync(join(__dirname, '../src'), { recursive: true, encoding: 'utf8' });
    const source = files
      .filter((file) => /\.(svelte|ts)$/.test(file) && !file.startsWith('words/'))
      .map((file) => readFileSync(join(__dirname, '../src', file), 'utf8'))
      .join('\n');
    const families = [...source.matchAll(/word\(\s*'([a-z.]+)'/g)].map((match) => `${match[1] ?? ''}.`);
    const templates = [...source.matchAll(/`([a-z]+\.)\$\{/g)].map((match) => match[1] ?? '');
    const unused = keys.filter(
      (key) => !source.includes(`'${key}'`) && ![...families, ...templates].some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });
});

describe('the codes of the backend', () => {
  const bindings = readFileSync(join(__dirname, '../src/bindings.ts'), 'utf8');
  const union = (name: string): string[] => {
    const line = new RegExp(`^export type ${name} = (.*);$`, 'm').exec(bindings)?.[1] ?? '';
    return [...line.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
  };

  it.each([
    ['Metric', 'metric'],
    ['Trouble', 'trouble'],
    ['Outcome', 'outcome'],
    ['Phase', 'phase'],
    ['Showing', 'showing'],
    ['CustomerStanding', 'use'],
    ['Keeper', 'keeper'],
    ['Standing', 'standing'],
    ['State', 'state'],
    ['Mode', 'mode'],
    ['ImportStanding', 'import.state'],
  ])('each %s has a word', (type, family) => {
    const codes = union(type);
    expect(codes.length).toBeGreaterThan(2);
    expect(codes.filter((code) => !known(`${family}.${code}`))).toEqual([]);
  });

  it('is checked by the compiler too', () => {
    // A code without a word does not compile here.
    const words: (code: Metric) => Key = (code) => `metric.${code}`;
    const standing: (code: Standing) => Key = (code) => `standing.${code}`;
    const trouble: (code: Trouble) => Key = (code) => `trouble.${code}.do`;
    const rejection: (code: Rejection['rejection']['kind']) => Key = (code) => `problem.rejected.${code}`;
    const showing: (code: Showing) => Key = (code) => `showing.${code}`;
    const use: (code: CustomerStanding) => Key = (code) => `use.${code}_more`;
    const keeper: (code: Keeper) => Key = (code) => `keeper.${code}`;
    expect([words, standing, trouble, rejection, showing, use, keeper].length).toBe(7);
  });

  it('each event type of the log has a word and a sentence', () => {
    const root = join(__dirname, '../../events/src');
    const types = ['conversation', 'agent', 'customer', 'unmasking', 'site', 'ticket', 'import']
      .map((file) => readFileSync(join(root, `${file}.rs`), 'utf8'))
      .flatMap((text) => [...text.matchAll(/= "([a-z]+\.[a-z_]+)", \d+;/g)].map((match) => match[1] ?? ''));
    expect(types.length).toBeGreaterThan(30);
    const trail = readFileSync(join(__dirname, '../src/trail.ts'), 'utf8');
    expect(types.filter((type) => !known(`event.${type}`) || !trail.includes(`'${type}':`))).toEqual([]);
  });
});

describe('a sentence', () => {
  const plain = (language: Language, key: Key, filling = {}): string =>
    pieces(language, key, filling, String)
      .map((piece) => piece.text)
      .join('');

  it('chooses the plural by n', () => {
    expect(plain('en', 'status.lag', { n: 1 })).toBe('1 event behind');
    expect(plain('en', 'status.lag', { n: 2 })).toBe('2 events behind');
    expect(plain('zh-Hans', 'status.lag', { n: 1 })).toBe('落后 1 个事件');
  });

  it('sets apart what comes from outside, and never reads it as a placeholder', () => {
    expect(pieces('en', 'says.enqueued', { queue: '{agent}<b>' }, String)).toEqual([
      { text: 'It entered the queue ', filled: false },
      { text: '{agent}<b>', filled: true },
      { text: '.', filled: false },
    ]);
  });
});

describe('the language at first', () => {
  it.each([
    [['zh-TW', 'en'], 'zh-Hant'],
    [['zh-HK'], 'zh-Hant'],
    [['zh-Hant-CN'], 'zh-Hant'],
    [['zh-CN'], 'zh-Hans'],
    [['zh-Hans-HK'], 'zh-Hans'],
    [['zh'], 'zh-Hans'],
    [['fr', 'zh-CN'], 'zh-Hans'],
    [['en-US', 'zh-CN'], 'en'],
    [['C'], 'en'],
    [[], 'en'],
  ])('of %j is %s', (languages, want) => {
    expect(preferred(languages)).toBe(want);
  });
});
