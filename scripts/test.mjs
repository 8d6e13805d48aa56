// @ts-check
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { exitWithError } from './setup/errors.mjs'
import { readJsonIfThere } from './setup/files.mjs'
import { ensure } from './setup/index.mjs'
import { underRightNode } from './setup/node.mjs'
import { packagesFolder, projectFolder } from './setup/paths.mjs'
import { formatDuration, Progress } from './setup/progress.mjs'
import { run, runInPlace } from './setup/run.mjs'

/**
 * A check that has to pass before the tests run.
 * @typedef {{ label: string, tool: string, args: string[] }} Check
 */

/** @type {readonly Check[]} */
const checks = [
  {
    label: 'Format',
    tool: 'prettier/bin/prettier.cjs',
    args: ['--check', '.', '--log-level=warn'],
  },
  {
    label: 'Lint',
    tool: 'eslint/bin/eslint.js',
    args: [
      '.',
      '--max-warnings=0',
      '--cache',
      '--cache-location',
      join(packagesFolder, '.cache/eslint/'),
    ],
  },
  { label: 'Types', tool: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  {
    label: 'Components',
    tool: 'svelte-check/bin/svelte-check',
    args: ['--fail-on-warnings', '--output', 'human', '--tsconfig', './tsconfig.json'],
  },
]

/** @param {Check} check */
async function runCheck({ label, tool, args }) {
  const start = performance.now()
  await run(process.execPath, [join(packagesFolder, tool), ...args], {
    cwd: projectFolder,
    what: label,
  })
  process.stdout.write(`${label}: passed (${formatDuration((performance.now() - start) / 1000)})\n`)
}

/**
 * Runs vitest and says how many tests passed, failed and were skipped.
 * @param {readonly string[]} filters
 * @returns {Promise<boolean>} whether everything is as it should be
 */
async function runTests(filters) {
  const report = join(packagesFolder, '.cache', `vitest-${process.pid}.json`)
  const code = await runInPlace(
    process.execPath,
    [
      join(packagesFolder, 'vitest/vitest.mjs'),
      'run',
      ...filters,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: projectFolder },
  )
  const result = readJsonIfThere(report)
  const count = (/** @type {string} */ name) => Number(result?.[name] ?? 0)
  const passed = count('numPassedTests')
  const skipped = count('numPendingTests') + count('numTodoTests')
  // A test file that could not even be loaded has no tests to count, yet it failed.
  const failed = Math.max(count('numFailedTests'), code === 0 ? 0 : 1)
  await rm(report, { force: true })
  const skipsFail = skipped > 0 && Boolean(process.env.CI)
  if (skipsFail) process.stdout.write('Where CI is set, a skipped test is a failure.\n')
  const parts = [`${passed} passed`, `${failed} failed`]
  if (skipped > 0) parts.push(`${skipped} skipped`)
  process.stdout.write(`${parts.join(', ')}\n`)
  return failed === 0 && passed > 0 && !skipsFail
}

underRightNode(async () => {
  await ensure({ progress: new Progress(process.stdout) })
  for (const check of checks) await runCheck(check)
  if (!(await runTests(process.argv.slice(2)))) process.exitCode = 1
}).catch((error) => {
  exitWithError(error)
  process.stdout.write('0 passed, 1 failed\n')
})
