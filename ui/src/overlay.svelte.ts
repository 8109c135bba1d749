/** Which of the frame's dialogs is open; one at a time. */

class Overlay {
  open = $state<'none' | 'palette' | 'keys' | 'settings' | 'verification'>('none');
  /** Counts the wishes to go to a time; the playhead's field takes the focus at each. */
  gotoWishes = $state(0);

  close(): void {
    this.open = 'none';
  }
}

export const overlay = new Overlay();
