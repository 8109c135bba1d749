/** What this reader has chosen for this window; kept in the browser's own store, not in the log. */
import { preferred, LANGUAGES, type Language } from './words';
import type { Theme } from './bindings';

export type ThemeChoice = 'system' | Theme;
export const THEME_CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const KEY = 'retrace.settings';

interface Kept {
  language: Language;
  themeChoice: ThemeChoice;
  singleKeys: boolean;
}

function kept(): Kept {
  let found: Partial<Kept> = {};
  try {
    found = (JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept> | null) ?? {};
  } catch {
    // A store that is shut or holds nonsense means only that nothing was chosen yet.
  }
  return {
    language: LANGUAGES.find(({ id }) => id === found.language)?.id ?? preferred(navigator.languages),
    themeChoice: THEME_CHOICES.find((choice) => choice === found.themeChoice) ?? 'system',
    singleKeys: found.singleKeys !== false,
  };
}

class Settings {
  language = $state<Language>('en');
  themeChoice = $state<ThemeChoice>('system');
  singleKeys = $state(true);
  #systemDark = $state(false);

  /** The colours in force, following the system while that is the choice. */
  theme: Theme = $derived(this.themeChoice === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.themeChoice);

  constructor() {
    Object.assign(this, kept());
    const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;
    this.#systemDark = dark?.matches ?? false;
    dark?.addEventListener('change', (event) => (this.#systemDark = event.matches));
  }

  /** Keeps the choices; called by an effect of the frame. */
  keep(): void {
    const { language, themeChoice, singleKeys } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ language, themeChoice, singleKeys }));
    } catch {
      // Without a store the choice lasts as long as the window.
    }
  }
}

export const settings = new Settings();
