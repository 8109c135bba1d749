import { mount } from 'svelte';

import App from './App.svelte';
import './app.css';
import { settings } from './settings.svelte';
import { CATALOGUES } from './words';

/** The first picture waits for its letters so long at most. */
const FONTS_MILLIS_MAX = 400;

/**
 * Loads the shipped Chinese letters that the window's own words need.
 *
 * On a machine without Chinese fonts Chromium keeps the boxes it drew for some words even after the letters have come;
 * so they come first. Other letters are loaded as they are met.
 */
async function letters(): Promise<void> {
  const family = { 'zh-Hans': 'Noto Sans SC Variable', 'zh-Hant': 'Noto Sans TC Variable', en: null }[
    settings.language
  ];
  if (!family) return;
  const text = [...new Set(Object.values(CATALOGUES[settings.language]).join(''))].join('');
  const late = new Promise<void>((resolve) => setTimeout(resolve, FONTS_MILLIS_MAX));
  await Promise.race([document.fonts.load(`13px "${family}"`, text), late]).catch(() => undefined);
}

void letters().then(() => {
  const target = document.getElementById('app');
  if (target) mount(App, { target });
});
