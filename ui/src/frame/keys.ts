/** What a key means, decided without the window so that it can be tested. */

export type Action =
  | { kind: 'play' }
  | { kind: 'step'; minutes: number }
  | { kind: 'goto' }
  | { kind: 'live' }
  | { kind: 'screen'; number: number }
  | { kind: 'lead' }
  | { kind: 'sheet' }
  | { kind: 'palette' }
  | { kind: 'close' };

/** What of a keyboard event matters. */
export interface Stroke {
  key: string;
  code: string;
  keyCode: number;
  isComposing: boolean;
  repeat: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export interface Surroundings {
  /** What the key would otherwise go to. */
  focus: 'typing' | 'control' | 'slider' | 'page';
  /** Whether a dialog is open: then only its own keys count. */
  dialog: boolean;
  singleKeys: boolean;
  /** Whether `g` was just pressed. */
  led: boolean;
}

/** The longest time between `g` and the number after it. */
export const LEAD_MILLIS = 1500;

/** What kind of thing has the focus. */
export function focusOf(target: EventTarget | null): Surroundings['focus'] {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select')) return 'typing';
  if (target.matches('[role=slider]')) return 'slider';
  if (target.matches('button, a[href], summary, input, [role=option]')) return 'control';
  return 'page';
}

/** The action a key stands for, if any. While an input method composes, every key belongs to it. */
export function meaning(stroke: Stroke, around: Surroundings): Action | null {
  // 229 is what WebKit and Chromium report for keys the input method has taken.
  if (stroke.isComposing || stroke.keyCode === 229) return null;
  const chord = stroke.ctrlKey || stroke.metaKey;
  if (chord && !stroke.altKey && !stroke.shiftKey && stroke.key.toLowerCase() === 'k') return { kind: 'palette' };
  if (around.dialog) return null;
  if (stroke.key === 'Escape' && !chord && !stroke.altKey) return { kind: 'close' };
  if (stroke.altKey && !chord && !stroke.shiftKey) return screen(/^(?:Digit|Numpad)([1-3])$/.exec(stroke.code)?.[1]);
  if (chord || stroke.altKey || around.focus === 'typing' || !around.singleKeys) return null;
  if (around.led) {
    const chosen = screen(/^[1-3]$/.exec(stroke.key)?.[0]);
    if (chosen) return chosen;
  }
  return single(stroke, around);
}

function screen(digit: string | undefined): Action | null {
  return digit === undefined ? null : { kind: 'screen', number: Number(digit) };
}

function single(stroke: Stroke, around: Surroundings): Action | null {
  switch (stroke.key) {
    case ' ':
      // A focused control keeps the space bar: it presses the control.
      return around.focus === 'control' || stroke.repeat ? null : { kind: 'play' };
    case 'ArrowLeft':
      return { kind: 'step', minutes: stroke.shiftKey ? -30 : -1 };
    case 'ArrowRight':
      return { kind: 'step', minutes: stroke.shiftKey ? 30 : 1 };
    case 't':
      return { kind: 'goto' };
    case 'l':
      return { kind: 'live' };
    case 'g':
      return { kind: 'lead' };
    case '?':
    case '？':
      return { kind: 'sheet' };
    default:
      return null;
  }
}
