import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

const shared = resolve(import.meta.dirname, 'src/shared')
const alias = { '@shared': shared }

/** Packages with native parts stay outside the bundles and in `dependencies`. */
const native = ['electron', 'better-sqlite3', '@tensorflow/tfjs-node-gpu']

const commonjs = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
} as const

/**
 * Main and preload are CommonJS, so that one build runs in every Electron and in Node.
 * Each process has an entry of its own: window host, engine, trainer, headless host.
 */
export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      target: 'node20',
      externalizeDeps: { exclude: ['@huggingface/tokenizers', 'commander', 'string-width'] },
      rollupOptions: {
        external: native,
        input: {
          index: 'src/main/index.ts',
          engine: 'src/main/engine.ts',
          trainer: 'src/main/trainer.ts',
          headless: 'src/main/headless.ts',
        },
        output: commonjs,
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      target: 'node16',
      externalizeDeps: false,
      rollupOptions: {
        external: ['electron'],
        input: { index: 'src/preload/index.ts' },
        output: commonjs,
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    base: './',
    resolve: { alias },
    plugins: [svelte()],
    build: {
      target: 'chrome108',
      rollupOptions: { input: { index: 'src/renderer/index.html' } },
    },
  },
})
