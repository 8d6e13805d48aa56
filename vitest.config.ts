import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** TensorFlow's binding cannot be loaded twice in one process: every test file gets a process. */
export default defineConfig({
  resolve: { alias: { '@shared': resolve(import.meta.dirname, 'src/shared') } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
