import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// Customer text is only ever text: nothing may be parsed as markup from a string.
const noMarkup = [
  ...['innerHTML', 'outerHTML', 'srcdoc'].map((property) => ({ property, message: 'Set text, never markup.' })),
  ...['insertAdjacentHTML', 'createContextualFragment', 'setHTMLUnsafe'].map((property) => ({
    property,
    message: 'Set text, never markup.',
  })),
  { object: 'document', property: 'write', message: 'Set text, never markup.' },
];

export default ts.config(
  { ignores: ['dist/', 'dist-mock/', 'src/bindings.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  {
    rules: {
      'no-restricted-properties': ['error', ...noMarkup],
      'svelte/no-at-html-tags': 'error',
      // The page's policy refuses style attributes; Svelte's style directives go through the CSSOM and may stay.
      'no-restricted-syntax': [
        'error',
        { selector: 'SvelteAttribute[key.name="style"]', message: 'Use a class or a style directive.' },
      ],
      // State is replaced, never changed in place; plain collections in raw state are enough and cheaper.
      'svelte/prefer-svelte-reactivity': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/backend/tauri.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/backend/tauri.ts knows Tauri.' }] },
      ],
    },
  },
  {
    files: ['tests/**', '*.config.*'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
);
