/** Which screen is shown. It lives in the address, so that going back goes back. */

export type Screen = 'live' | 'conversations' | 'import';
export const SCREENS: readonly Screen[] = ['live', 'conversations', 'import'];
export type Route = { screen: Screen; conversation: string | null };

/** Reads an address such as `#/conversations/c-1`; anything else is the Live screen. */
export function read(hash: string): Route {
  const [screen, ...rest] = hash.replace(/^#\/?/, '').split('/');
  const found = SCREENS.find((known) => known === screen);
  if (!found) return { screen: 'live', conversation: null };
  let id: string | null = rest.join('/') || null;
  try {
    id = id === null ? null : decodeURIComponent(id);
  } catch {
    id = null;
  }
  return { screen: found, conversation: found === 'conversations' ? id : null };
}

/** The address of a screen. */
export function screenHref(screen: Screen): string {
  return `#/${screen}`;
}

/** The address of a conversation. */
export function conversationHref(id: string): string {
  return `#/conversations/${encodeURIComponent(id)}`;
}

class Location {
  #now = $state.raw<Route>(read(window.location.hash));

  get screen(): Screen {
    return this.#now.screen;
  }

  get conversation(): string | null {
    return this.#now.conversation;
  }

  constructor() {
    window.addEventListener('hashchange', () => (this.#now = read(window.location.hash)));
  }

  go(href: string): void {
    window.location.hash = href;
  }
}

export const route = new Location();
