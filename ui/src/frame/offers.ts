/** The palette's commands, from what the window knows now. */
import { desk, MINUTE } from '../desk.svelte';
import { drawer } from '../drawer.svelte';
import { live } from '../live.svelte';
import { overlay } from '../overlay.svelte';
import { personal } from '../personal.svelte';
import { conversationHref, route, screenHref, SCREENS } from '../route.svelte';
import { metricName, named, say, word } from '../say.svelte';
import { settings, THEME_CHOICES } from '../settings.svelte';
import { LANGUAGES } from '../words';
import type { Command } from './commands';

function actions(): Command[] {
  const group = say('palette.action');
  const make = (id: string, label: string, run: () => void, keys?: string): Command => ({
    id: `action-${id}`,
    group,
    label,
    also: id,
    run,
    ...(keys ? { keys } : {}),
  });
  return [
    desk.playing
      ? make('pause', say('playhead.pause'), () => desk.pause(), '␣')
      : make('play', say('playhead.play'), () => desk.play(), '␣'),
    make('go to time', say('playhead.goto'), () => (overlay.gotoWishes += 1), 't'),
    make('return to live', say('playhead.go_live'), () => desk.goLive(), 'l'),
    make('back one minute', say('playhead.back'), () => desk.step(-MINUTE), '←'),
    make('ahead one minute', say('playhead.ahead'), () => desk.step(MINUTE), '→'),
    make('remove all filters', say('scope.clear'), () => live.clear()),
    make('all days', say('range.all'), () => live.days('all')),
    make('the day shown', say('range.day_plain'), () => live.days('day')),
    ...(personal.whom
      ? [
          ...(personal.whom.showable ? [make('unmask', say('unmask.action'), () => (personal.open = 'unmask'))] : []),
          make('personal text forget restrict', say('texts.title'), () => (personal.open = 'texts')),
        ]
      : []),
    ...personal.active.map(({ id, customer }) =>
      make(`end unmasking ${id}`, say('unmask.end_of', { customer: customer ?? say('unmask.all') }), () => {
        void personal.end(id);
      }),
    ),
    make('settings', say('settings.title'), () => (overlay.open = 'settings')),
    make('verification', say('verify.title'), () => (overlay.open = 'verification')),
    make('keys', say('keys.title'), () => (overlay.open = 'keys'), '?'),
  ];
}

function screens(): Command[] {
  return SCREENS.map((screen, place) => ({
    id: `screen-${screen}`,
    group: say('palette.screen'),
    label: say(`nav.${screen}`),
    also: screen,
    keys: `Alt ${place + 1}`,
    run: () => route.go(screenHref(screen)),
  }));
}

function choices(): Command[] {
  const languages = LANGUAGES.map(({ id, name }) => ({
    id: `language-${id}`,
    group: say('palette.language'),
    label: name,
    also: `language ${id}`,
    run: () => void (settings.language = id),
  }));
  const themes = THEME_CHOICES.map((choice) => ({
    id: `theme-${choice}`,
    group: say('palette.theme'),
    label: word('theme', choice),
    also: `theme ${choice}`,
    run: () => void (settings.themeChoice = choice),
  }));
  return [...languages, ...themes];
}

function onLive(run: () => void): () => void {
  return () => {
    run();
    route.go(screenHref('live'));
  };
}

function things(): Command[] {
  const { view } = live;
  const sources = (desk.status?.sources ?? []).map((source) => ({
    id: `source-${source}`,
    group: say('palette.source'),
    label: source,
    run: onLive(() => live.filter('source', source)),
  }));
  const queues = (view?.queues ?? []).map(({ key }) => ({
    id: `queue-${key[0] ?? ''}`,
    group: say('palette.queue'),
    label: named(key[0]),
    run: onLive(() => live.filter('queue', key[0] ?? '')),
  }));
  const agents = (view?.agents ?? []).map((agent) => ({
    id: `agent-${agent.id}`,
    group: say('palette.agent'),
    label: agent.name,
    also: agent.id,
    run: onLive(() => live.filter('agent', agent.id)),
  }));
  const metrics = (view?.totals ?? []).map((figure) => ({
    id: `metric-${figure.metric}`,
    group: say('palette.metric'),
    label: metricName(figure.metric),
    also: figure.metric,
    run: () => drawer.open(figure),
  }));
  return [...sources, ...queues, ...metrics, ...agents];
}

/** Every command there is now, in the order in which they are listed. */
export function offers(): Command[] {
  return [...screens(), ...actions(), ...choices(), ...things()];
}

/** Opens a conversation whose id was typed; offered last, whatever else was found. */
export function opener(typed: string): Command | null {
  const id = typed.trim();
  if (id === '') return null;
  return {
    id: 'open-conversation',
    group: say('nav.conversations'),
    label: say('palette.conversation', { id }),
    run: () => route.go(conversationHref(id)),
  };
}
