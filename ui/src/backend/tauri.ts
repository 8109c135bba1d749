/** The desk behind Tauri's IPC. The only file that knows Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';

import { Failure, problemOf, timed, type Answer, type Backend, type Question, type Verb } from '../backend';

async function heard<T>(verb: string, answer: Promise<T>): Promise<T> {
  try {
    return await timed(verb, answer);
  } catch (error) {
    throw new Failure(problemOf(error));
  }
}

export function tauri(): Backend {
  return {
    ask: <V extends Verb>(verb: V, question: Question<V>) => heard(verb, invoke<Answer<V>>(verb, { question })),
    // No time limit: a person may take as long as they like to choose.
    pickFile: () =>
      invoke<string | null>('pick_file').catch((error: unknown) => {
        throw new Failure(problemOf(error));
      }),
    upload: null,
    notify: (title, body) => invoke<boolean>('notify', { title, body }),
    onDrop(hear) {
      const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
        switch (payload.type) {
          case 'enter':
          case 'over':
            hear({ kind: 'over' });
            break;
          case 'leave':
            hear({ kind: 'gone' });
            break;
          case 'drop':
            hear({ kind: 'paths', paths: payload.paths });
        }
      });
      return () => void listening.then((stop) => stop());
    },
  };
}
