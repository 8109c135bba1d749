/**
 * The words of the window, in three languages.
 *
 * `zh-Hans` is the catalogue whose keys and placeholders the others must have: a missing key is a compile error here,
 * a missing placeholder a failing test. Placeholders are filled with text only; nothing here makes markup.
 */
import { en } from './words/en';
import { zhHans } from './words/zh-Hans';
import { zhHant } from './words/zh-Hant';

export type Language = 'zh-Hans' | 'zh-Hant' | 'en';
export type Key = keyof typeof zhHans;
/** One text, or one per plural category of `n` (`other` always). */
export type Word = string | { one: string; other: string };
export type Catalogue = Record<Key, Word>;

type Places<Text extends string> = Text extends `${string}{${infer Place}}${infer Rest}` ? Place | Places<Rest> : never;
/** The placeholders of one key. */
export type PlacesOf<K extends Key> = Places<(typeof zhHans)[K]>;
export type Filling = Record<string, string | number>;
/** The arguments after the key: none when its text has no placeholder. */
export type Fill<K extends Key> = [PlacesOf<K>] extends [never] ? [] : [Record<PlacesOf<K>, string | number>];

/** Each language under its own name, in the order of the menu. */
export const LANGUAGES: readonly { id: Language; name: string; tag: string }[] = [
  { id: 'zh-Hans', name: '简体中文', tag: 'zh-CN' },
  { id: 'zh-Hant', name: '繁體中文', tag: 'zh-TW' },
  { id: 'en', name: 'English', tag: 'en-GB' },
];

export const CATALOGUES: Record<Language, Catalogue> = { 'zh-Hans': zhHans, 'zh-Hant': zhHant, en };

/** The tag that `Intl` is asked with. */
export function tagOf(language: Language): string {
  return LANGUAGES.find(({ id }) => id === language)?.tag ?? 'en-GB';
}

/** The language a reader most likely wants, from the system's list of preferences. */
export function preferred(languages: readonly string[]): Language {
  for (const wish of languages) {
    const tag = wish.toLowerCase();
    if (tag === 'zh' || tag.startsWith('zh-')) {
      return /hant|-tw|-hk|-mo/.test(tag) && !tag.includes('hans') ? 'zh-Hant' : 'zh-Hans';
    }
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return 'en';
}

/** Whether `key` is one the catalogue has; event types and reasons of newer versions may not be. */
export function known(key: string): key is Key {
  return Object.hasOwn(zhHans, key);
}

/** A piece of a sentence: its own words, or what was filled in (which may come from outside). */
export type Piece = { text: string; filled: boolean };

const plurals = new Map<Language, Intl.PluralRules>();

function form(language: Language, word: Word, filling: Filling): string {
  if (typeof word === 'string') return word;
  let rules = plurals.get(language);
  if (!rules) {
    rules = new Intl.PluralRules(tagOf(language));
    plurals.set(language, rules);
  }
  const n = filling['n'];
  return typeof n === 'number' && rules.select(n) === 'one' ? word.one : word.other;
}

/** The pieces of a sentence, so that what comes from outside can be set apart; numbers are written by `number`. */
export function pieces(language: Language, key: Key, filling: Filling, number: (n: number) => string): Piece[] {
  const text = form(language, CATALOGUES[language][key], filling);
  return text
    .split(/(\{[a-z_]+\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const value = part.startsWith('{') ? filling[part.slice(1, -1)] : undefined;
      if (value === undefined) return { text: part, filled: false };
      return typeof value === 'number' ? { text: number(value), filled: false } : { text: value, filled: true };
    });
}
