import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GraftError } from '@shared/errors'
import type { ConnectEngine } from '../platform/engine-connection'
import { startOrAttach } from '../platform/engine-connection'
import { forkEngine } from '../platform/engine-fork'
import { sharedCacheFolder } from '../platform/paths'
import { ownNodeRunsEngine } from './compat'
import { startUtilityEngine } from './utility-engine'

export interface LaunchOptions {
  /** Folder of the built entries. */
  readonly entries: string
  readonly workspace: string | null
}

/**
 * How this Electron runs the engine. *utility*: as a utility process of its own. *node*: in a Node
 * beside it, where its own is too old for the database.
 */
export async function chooseLauncher(
  options: LaunchOptions,
): Promise<{ readonly name: string; readonly connect: ConnectEngine }> {
  if (ownNodeRunsEngine()) {
    return { name: 'utility', connect: () => startOrAttach(() => startUtilityEngine(options)) }
  }
  const node = await findNode()
  return {
    name: `node (${node})`,
    connect: () => startOrAttach(() => forkEngine({ ...options, node })),
  }
}

const run = promisify(execFile)

/** A Node that is new enough: GRAFTBENCH_NODE, the cache's, the one that started us, the system's. */
async function findNode(): Promise<string> {
  const { GRAFTBENCH_NODE: own, npm_node_execpath: starter } = process.env
  const candidates = [own, cachedNode(), starter, 'node']
  for (const candidate of candidates) {
    if (candidate === undefined || candidate === '') continue
    if (candidate !== 'node' && !existsSync(candidate)) continue
    const version = await run(candidate, ['--version'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined },
    }).then(
      ({ stdout }) => stdout.trim().replace(/^v/, ''),
      () => '0',
    )
    if (ownNodeRunsEngine(version)) return candidate
  }
  throw new GraftError(
    'setup.missing',
    'This Electron needs a Node 24 beside it. Run "npm start", or name one in GRAFTBENCH_NODE.',
  )
}

const nodeVersion = '24.21.0'

/** Where set-up puts Node. */
function cachedNode(): string {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  const folder = join(sharedCacheFolder(), 'node', nodeVersion)
  return join(folder, 'node_modules', `node-${platform}`, executable)
}
