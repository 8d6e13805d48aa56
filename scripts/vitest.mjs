// @ts-check
import { join } from 'node:path'
import { exitWithError } from './setup/errors.mjs'
import { ensure } from './setup/index.mjs'
import { underRightNode } from './setup/node.mjs'
import { packagesFolder, projectFolder } from './setup/paths.mjs'
import { runInPlace } from './setup/run.mjs'

// Sets up and runs vitest with the arguments given: `node scripts/vitest.mjs run test/parity`.
underRightNode(async () => {
  await ensure({ build: false })
  const tool = join(packagesFolder, 'vitest/vitest.mjs')
  const args = process.argv.slice(2)
  process.exitCode = await runInPlace(process.execPath, [tool, ...args], { cwd: projectFolder })
}).catch(exitWithError)
