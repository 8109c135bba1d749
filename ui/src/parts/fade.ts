/** A changed value fades once, so that the eye finds it; nothing moves for those who asked for no motion. */
import type { Attachment } from 'svelte/attachments';

const FADE_MILLIS = 120;

export function fade(read: () => unknown): Attachment<Element> {
  let before: unknown;
  let begun = false;
  return (element) => {
    const now = read();
    const changed = begun && now !== before;
    begun = true;
    before = now;
    if (!changed || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    element.animate?.([{ opacity: 0.35 }, { opacity: 1 }], { duration: FADE_MILLIS, easing: 'ease-out' });
  };
}
