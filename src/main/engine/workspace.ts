import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { GraftError } from '@shared/errors'
import { expandHome } from '../platform/paths'

/** Where everything of a workspace lies. */
export interface Workspace {
  readonly root: string
  readonly database: string
  readonly backups: string
  readonly models: string
  readonly datasets: string
  readonly packs: string
  readonly runs: string
  readonly cache: string
  readonly uploads: string
  readonly lock: string
  readonly socket: string
}

/**
 * The workspace in `root`; its folders are made when they are missing. Throws file.exists where a
 * file stands in its way and disk.readOnly, which is asked for by name: making a folder on a
 * read-only disk says that its parent is missing.
 */
export function prepareWorkspace(folder: string): Workspace {
  const workspace = workspaceAt(folder)
  const { root, backups, models, datasets, packs, runs, cache, uploads } = workspace
  makeRoot(root)
  for (const path of [backups, models, datasets, packs, runs, cache, uploads]) {
    mkdirSync(path, { recursive: true })
  }
  return workspace
}

/**
 * Makes the folder of a workspace and those above it one by one: in a file system that takes no
 * folders, such as /proc, making them all in one call never returns.
 */
function makeRoot(root: string): void {
  const missing: string[] = []
  let at = root
  while (!existsSync(at) && dirname(at) !== at) {
    missing.unshift(at)
    at = dirname(at)
  }
  requireFolder(at, root)
  try {
    accessSync(at, constants.W_OK)
    for (const path of missing) mkdirSync(path)
  } catch (cause) {
    throw new GraftError(
      'disk.readOnly',
      `The workspace ${root} cannot be written: ${at} is read-only or belongs to someone else. Choose another folder.`,
      { workspace: root, path: at },
      { cause },
    )
  }
}

function requireFolder(path: string, root: string): void {
  if (statSync(path).isDirectory()) return
  throw new GraftError(
    'file.exists',
    `The workspace ${root} cannot be made: ${path} is a file. Choose a folder.`,
    { workspace: root, path },
  )
}

export function workspaceAt(folder: string): Workspace {
  const root = resolve(expandHome(folder))
  return {
    root,
    database: join(root, 'graftbench.db'),
    backups: join(root, 'backups'),
    models: join(root, 'models'),
    datasets: join(root, 'datasets'),
    packs: join(root, 'packs'),
    runs: join(root, 'runs'),
    cache: join(root, 'cache'),
    uploads: join(root, 'uploads'),
    lock: join(root, 'engine.lock'),
    socket: engineSocket(root),
  }
}

/** The longest path a Unix socket may have everywhere. */
const socketPathLimit = 100

/**
 * Where the engine of a workspace listens: `engine.sock` in its folder, a short name in the
 * system's temporary folder when that path is too long for a socket, a named pipe on Windows.
 */
export function engineSocket(folder: string): string {
  const root = resolve(expandHome(folder))
  const short = createHash('sha256').update(root).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\graftbench-${short}`
  const path = join(root, 'engine.sock')
  return path.length <= socketPathLimit ? path : join(tmpdir(), `graftbench-${short}.sock`)
}

/** `GRAFTBENCH_WORKSPACE`, else the place where the system keeps data of programs. */
export function defaultWorkspace(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['GRAFTBENCH_WORKSPACE']
  if (own !== undefined && own !== '') return resolve(expandHome(own))
  if (process.platform !== 'linux') return join(homedir(), 'Graftbench')
  const data = environment['XDG_DATA_HOME']
  const base = data !== undefined && data !== '' ? data : join(homedir(), '.local', 'share')
  return join(base, 'graftbench')
}
