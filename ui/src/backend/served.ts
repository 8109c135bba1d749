/** The desk behind the served page: one POST per verb, to the address the page came from. */
import { Failure, problemOf, timed, type Answer, type Backend, type Question, type Verb } from '../backend';

/** The answer's body, or the failure that its status and body tell of. */
async function read<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  // Without the cookie of the one-time address nothing is answered, whatever the body says.
  if (response.status === 401) throw new Failure({ kind: 'signed_out' });
  const body: unknown = await response.json().catch(() => null);
  const problem = problemOf(body);
  throw new Failure(problem.kind === 'lost' ? { kind: 'lost', detail: `HTTP ${response.status}` } : problem);
}

async function post<T>(path: string, init: RequestInit): Promise<T> {
  try {
    return await read<T>(await fetch(path, { ...init, method: 'POST', credentials: 'same-origin', cache: 'no-store' }));
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(problemOf(error));
  }
}

async function upload(file: File): Promise<string> {
  // A large file may take its time; the browser itself notices a broken connection.
  const { path } = await post<{ path: string }>(`/upload?name=${encodeURIComponent(file.name)}`, { body: file });
  return path;
}

export function served(): Backend {
  return {
    ask: <V extends Verb>(verb: V, question: Question<V>) =>
      timed(
        verb,
        post<Answer<V>>(`/verbs/${verb}`, {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(question),
        }),
      ),
    pickFile: null,
    notify: null,
    upload,
    onDrop(hear) {
      const stop = new AbortController();
      const options = { signal: stop.signal };
      const files = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
      const over = (event: DragEvent): void => {
        if (!files(event)) return;
        // Without this the browser would open the file in place of the page.
        event.preventDefault();
        hear({ kind: 'over' });
      };
      window.addEventListener('dragenter', over, options);
      window.addEventListener('dragover', over, options);
      window.addEventListener(
        'dragleave',
        (event) => {
          if (event.relatedTarget === null) hear({ kind: 'gone' });
        },
        options,
      );
      window.addEventListener(
        'drop',
        (event) => {
          if (!files(event)) return;
          event.preventDefault();
          hear({ kind: 'handed', files: [...(event.dataTransfer?.files ?? [])] });
        },
        options,
      );
      return () => stop.abort();
    },
  };
}
