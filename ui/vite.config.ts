import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte()],
  // Under vitest Svelte would otherwise resolve to its server build.
  ...(process.env['VITEST'] ? { resolve: { conditions: ['browser'] } } : {}),
  server: { port: 1420, strictPort: true },
  build: {
    target: ['es2022', 'safari17'],
    outDir: mode === 'mock' ? 'dist-mock' : 'dist',
    emptyOutDir: true,
    // The page's policy is `font-src 'self'`: a font inlined as a data: address would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'] },
}));
