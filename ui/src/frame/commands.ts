/** What the command palette offers, and how it is found. */
import fuzzysort from 'fuzzysort';

export interface Command {
  id: string;
  /** What kind of thing it is, in the reader's language. */
  group: string;
  label: string;
  /** The keys that do the same. */
  keys?: string;
  /** Other words it is found by. */
  also?: string;
  run: () => void;
}

/** A command with all it is found by prepared. */
export interface Findable {
  command: Command;
  label: string;
  also: string;
  /** The label's pinyin and its initials, where it has any. */
  sound: string;
}

export const FOUND_MAX = 60;
/** What is found by other words or by sound ranks behind what is found by its label. */
const WEIGHTS = [1, 0.8, 0.7] as const;

/** The commands that fit what was typed, best first; all of them, in their order, when nothing was typed. */
export function find(commands: readonly Findable[], typed: string): Command[] {
  const wanted = typed.normalize('NFKC').trim();
  if (wanted === '') return commands.slice(0, FOUND_MAX).map(({ command }) => command);
  return fuzzysort
    .go(wanted, commands as Findable[], {
      keys: ['label', 'also', 'sound'],
      limit: FOUND_MAX,
      threshold: 0.25,
      scoreFn: (found) => Math.max(...WEIGHTS.map((weight, place) => weight * (found[place]?.score ?? 0))),
    })
    .map((found) => found.obj.command);
}

/** Prepares commands; `sound` writes Chinese as pinyin, once its table has been loaded. */
export function findable(commands: readonly Command[], sound: (text: string) => string): Findable[] {
  return commands.map((command) => ({
    command,
    label: command.label,
    also: `${command.also ?? ''} ${command.group}`,
    sound: sound(command.label),
  }));
}

const HAN = /\p{Script=Han}/u;

/** Loads the pinyin table, which is large and needed only here. */
export async function pinyinSound(): Promise<(text: string) => string> {
  const { pinyin } = await import('pinyin-pro');
  return (text) => {
    if (!HAN.test(text)) return '';
    const syllables = pinyin(text, { toneType: 'none', type: 'array', nonZh: 'consecutive' });
    return `${syllables.join('')} ${syllables.map((syllable) => syllable[0] ?? '').join('')}`;
  };
}
