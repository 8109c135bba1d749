/**
 * Text from outside, with the characters that steer or hide text made visible.
 *
 * A bidirectional control can make a sentence read backwards, a zero-width one can hide in a name: each becomes a mark
 * that says which it is. The text itself is never markup.
 */
export type Mark = { text: string; code: string | null };

const NAMES: Record<string, string> = {
  '\u00ad': 'SHY',
  '\u061c': 'ALM',
  '\u180e': 'MVS',
  '\u200b': 'ZWSP',
  '\u200c': 'ZWNJ',
  '\u200d': 'ZWJ',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u2028': 'LS',
  '\u2029': 'PS',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2060': 'WJ',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
};

// Controls except TAB and LF, formatting characters, line separators, fillers, variation selectors and tag characters.
const STEERING =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are the very characters sought
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;

/** Joins emoji such as 👩‍💻; between two of them it hides nothing. */
const JOINER = '\u200d';
const PICTURE = /\p{Extended_Pictographic}\ufe0f?$/u;

/** The text in pieces: plain ones, and single characters with the name of what they are. */
export function marks(text: string): Mark[] {
  const found: Mark[] = [];
  let plain = '';
  const characters = [...text];
  characters.forEach((character, place) => {
    const joins =
      character === JOINER && PICTURE.test(plain) && /\p{Extended_Pictographic}/u.test(characters[place + 1] ?? '');
    if (!STEERING.test(character) || joins) {
      plain += character;
      return;
    }
    if (plain) found.push({ text: plain, code: null });
    plain = '';
    found.push({ text: character, code: NAMES[character] ?? hex(character) });
  });
  if (plain) found.push({ text: plain, code: null });
  return found;
}

function hex(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The same as one string, for places that hold no markup at all, such as a title or an accessible name. */
export function plain(text: string): string {
  return marks(text)
    .map((mark) => (mark.code === null ? mark.text : `⟦${mark.code}⟧`))
    .join('');
}
