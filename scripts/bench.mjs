// @ts-check
import { join } from 'node:path'
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
  /** @type {Record<string, string>} */
  const options = {}
  /** @type {string[]} */
  const files = []
  const args = process.argv.slice(2)
  for (let index = 0; index < args.length; index += 1) {
    if (!args[index].startsWith('--')) {
      files.push(args[index])
      continue
    }
    const [name, value] = args[index].slice(2).split('=', 2)
    const next = args.at(index + 1)
    const takesNext = value === undefined && next !== undefined && !next.startsWith('--')
    options[name] = value ?? (takesNext ? next : 'true')
    if (takesNext) index += 1
  }
  const tool = join(packagesFolder, 'vitest/vitest.mjs')
  process.exitCode = await runInPlace(
    process.execPath,
    [tool, 'run', ...files, '--no-file-parallelism', '--reporter=verbose'],
    { cwd: projectFolder, env: { ...process.env, GRAFTBENCH_BENCH: JSON.stringify(options) } },
  )
}).catch(exitWithError)
