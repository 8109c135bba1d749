/** A person's wish as it leaves the window. */
import type { Command, Intent } from './bindings';
import { desk } from './desk.svelte';

/** A random UUID; the browser's own maker is missing where the page is not served securely. */
export function freshId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Who wishes, as the desk names whoever is at the keyboard. */
export const actor = (): string => desk.status?.actor ?? 'person:unknown';

/** A person without the word that says that it is one. */
export const personName = (who: string): string => who.replace(/^person:/, '');

/** A wish, by the desk's own clock; sent again as it is, it is carried out once. */
export function intent(command: Command): Intent {
  return { id: freshId(), actor: actor(), at: desk.now(), seen: desk.status?.position ?? 0, command };
}
