import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Set by `npm run bench`: the measurements run instead of the tests. */
const measuring = process.env.GRAFTBENCH_BENCH !== undefined

/** TensorFlow's binding cannot be loaded twice in one process: every test file gets a process. */
export default defineConfig({
  resolve: { alias: { '@shared': resolve(import.meta.dirname, 'src/shared') } },
  test: {
    include: measuring ? ['test/bench/**/*.bench.ts'] : ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: measuring ? 1 : 2,
    testTimeout: measuring ? 3_600_000 : 60_000,
    hookTimeout: measuring ? 3_600_000 : 120_000,
  },
})
