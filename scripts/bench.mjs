// @ts-check
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exitWithError } from './setup/errors.mjs'
import { ensure } from './setup/index.mjs'
import { underRightNode } from './setup/node.mjs'
import { packagesFolder, projectFolder } from './setup/paths.mjs'
import { runInPlace } from './setup/run.mjs'

/*
 * Runs the measurements of test/bench, one file after the other. Arguments that do not begin with
 * `--` choose files; the options reach the measurements as JSON in GRAFTBENCH_BENCH, such as
 * `npm run bench -- kernels --reference /path/to/python`.
 */
underRightNode(async () => {
  await ensure()
  const { values, positionals } = parseArgs({
    options: {
      reference: { type: 'string' },
      rounds: { type: 'string' },
      rows: { type: 'string' },
      steps: { type: 'string' },
    },
    strict: false,
    allowPositionals: true,
  })
  const tool = join(packagesFolder, 'vitest/vitest.mjs')
  process.exitCode = await runInPlace(
    process.execPath,
    [tool, 'run', ...positionals, '--no-file-parallelism', '--reporter=verbose'],
    { cwd: projectFolder, env: { ...process.env, GRAFTBENCH_BENCH: JSON.stringify(values) } },
  )
}).catch(exitWithError)
