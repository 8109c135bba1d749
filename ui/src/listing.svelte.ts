/** What the list of conversations looks for besides the shared filters; it outlives a look at one of them. */
import type { Outcome } from './bindings';

class Listing {
  text = $state('');
  outcome = $state<Outcome | null>(null);
}

export const listing = new Listing();
