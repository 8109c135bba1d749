/** The evidence drawer: which figure is open. */
import type { Figure } from './bindings';

class Drawer {
  figure = $state.raw<Figure | null>(null);
  #opener: Element | null = null;

  open(figure: Figure): void {
    // A click inside the drawer keeps the first opener: there the focus goes back to.
    if (this.figure === null) this.#opener = document.activeElement;
    this.figure = figure;
  }

  close(): void {
    if (this.figure === null) return;
    this.figure = null;
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
    this.#opener = null;
  }
}

export const drawer = new Drawer();
