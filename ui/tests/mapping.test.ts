import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Failure, type Backend } from '../src/backend';
import { MAPPINGS, MadeUpImports } from '../src/backend/mock/imports';
import type { Preview } from '../src/bindings';
import { desk } from '../src/desk.svelte';
import { Draft, PAUSE_MS, place } from '../src/mapping.svelte';
import { settings } from '../src/settings.svelte';
import MappingEditor from '../src/views/import/MappingEditor.svelte';

const desks = new MadeUpImports();
const first = desks.preview('calls.csv', null);
const text = first.mapping?.text ?? '';
const broken = text.replace(/^zone.*$/m, '');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a mapping that is written', () => {
  it('is tried once when the person pauses, not at every key', async () => {
    const look = vi.fn((mapping: string) => Promise.resolve(desks.preview('calls.csv', mapping)));
    const draft = new Draft(first, look);
    for (const end of ['a', 'ab', 'abc']) draft.edit(`${text}# ${end}`);
    expect([draft.waiting, draft.sound, look.mock.calls.length]).toEqual([true, false, 0]);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(look.mock.calls).toEqual([[`${text}# abc`]]);
    expect([draft.waiting, draft.sound]).toEqual([false, true]);
  });

  it('shows the answer to what was written last, whichever comes first', async () => {
    const answers: ((preview: Preview) => void)[] = [];
    const draft = new Draft(first, () => new Promise((answer) => answers.push(answer)));
    void draft.choose(broken);
    void draft.choose(text);
    answers[1]?.(desks.preview('calls.csv', text));
    answers[0]?.(desks.preview('calls.csv', broken));
    await vi.advanceTimersByTimeAsync(0);
    expect([draft.problems.length, draft.sound]).toEqual([0, true]);
  });

  it('cannot be imported by while anything is wrong with it', async () => {
    const draft = new Draft(first, (mapping) => Promise.resolve(desks.preview('calls.csv', mapping)));
    await draft.choose(broken);
    expect([draft.sound, draft.problems[0]?.found]).toEqual([false, 'zone']);
    const lost = new Draft(first, () => Promise.reject(new Failure({ kind: 'lost', detail: '' })));
    await lost.choose(text);
    expect([lost.sound, lost.problem?.kind]).toEqual([false, 'lost']);
  });

  it('is forgotten when the person leaves', async () => {
    const look = vi.fn((mapping: string) => Promise.resolve(desks.preview('calls.csv', mapping)));
    const draft = new Draft(first, look);
    draft.edit(broken);
    draft.leave();
    await vi.advanceTimersByTimeAsync(10 * PAUSE_MS);
    expect(look).not.toHaveBeenCalled();
  });

  it('has its lines found', () => {
    expect(place('ab\ncde\n', 2)).toEqual({ from: 3, to: 6 });
    expect(place('ab', 1)).toEqual({ from: 0, to: 2 });
    expect(place('ab\ncd', 9)).toEqual({ from: 3, to: 5 });
    expect(place('', 0)).toEqual({ from: 0, to: 0 });
  });
});

describe('the editor of a mapping', () => {
  it('names each mistake with its line, leads there, and saves only what is sound', async () => {
    settings.language = 'en';
    const saved = vi.fn();
    desk.backend = {
      ask: (verb: string, asked: unknown) => {
        if (verb === 'mapping_save') saved(asked);
        return Promise.resolve(verb === 'mappings' ? MAPPINGS : { name: 'calls', path: '/calls.toml' });
      },
    } as unknown as Backend;
    const draft = new Draft(first, (mapping) => Promise.resolve(desks.preview('calls.csv', mapping)));
    const target = document.body.appendChild(document.createElement('div'));
    const editor = mount(MappingEditor, { target, props: { draft } });
    await vi.advanceTimersByTimeAsync(10);
    flushSync();
    const find = <E extends HTMLElement>(which: string): E => target.querySelector<E>(which) as E;
    const area = find<HTMLTextAreaElement>('[data-mapping-text]');
    const save = find<HTMLButtonElement>('[data-mapping-save]');
    expect([area.value, save.disabled]).toEqual([text, false]);
    expect(target.querySelectorAll('optgroup').length).toBe(2);
    expect(find('[data-column="技能组"]').dataset['becomes']).toBe('queue');

    area.value = broken;
    area.dispatchEvent(new Event('input', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    flushSync();
    expect([area.getAttribute('aria-invalid'), save.disabled]).toEqual(['true', true]);
    const problem = find<HTMLButtonElement>('[data-mapping-problem]');
    expect(problem.closest('li')?.textContent).toContain('missing: zone');
    problem.click();
    expect([document.activeElement, area.selectionStart]).toEqual([area, 0]);

    const choice = find<HTMLSelectElement>('[data-mapping-choice]');
    choice.value = 'true/my-desk';
    choice.dispatchEvent(new Event('change', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(10);
    flushSync();
    expect([area.value, save.disabled]).toEqual([text, false]);
    save.click();
    await vi.advanceTimersByTimeAsync(10);
    expect(saved).toHaveBeenCalledWith({ text });
    await unmount(editor);
  });
});
