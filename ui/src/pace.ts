/** When things happen: asking again at a pace, and drawing on the next frame. */

/** After a silence the desk is asked again this often. */
export const RETRY_MILLIS = 1000;

/** Does `task` again and again, never two at once; after one that fails it waits [`RETRY_MILLIS`]. */
export function again(pause: () => number, task: () => Promise<void>): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turn = async (): Promise<void> => {
    const began = performance.now();
    let wait: number;
    try {
      await task();
      wait = Math.max(0, pause() - (performance.now() - began));
    } catch {
      // Whoever asked has already put the problem where it is seen.
      wait = RETRY_MILLIS;
    }
    if (!stopped) timer = setTimeout(() => void turn(), wait);
  };
  void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Resolves on the next animation frame, or shortly after in a window that is not drawn. */
export function frame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 100);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
