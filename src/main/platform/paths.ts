import { homedir } from 'node:os'
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { GraftError } from '@shared/errors'

/** Joins `name` (with `/` or `\` between its parts) to `root`; throws archive.unsafePath when it would leave it. */
export function safeJoin(root: string, name: string): string {
  const refuse = (): never => {
    throw new GraftError(
      'archive.unsafePath',
      `The path ${JSON.stringify(name)} leads out of its folder.`,
      { name },
    )
  }
  const plain = name.replaceAll('\\', '/')
  if (plain === '' || plain.includes('\0')) refuse()
  if (posix.isAbsolute(plain) || /^[A-Za-z]:/.test(plain)) refuse()
  if (plain.split('/').includes('..')) refuse()
  const base = resolve(root)
  const joined = resolve(base, ...plain.split('/'))
  if (!isInside(base, joined)) refuse()
  return joined
}

/** Whether `path` is `folder` or lies under it. Links are not followed. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** A name that is safe as a file name everywhere: letters, digits, dot, dash, underscore. */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 100)
  return plain === '' ? 'unnamed' : plain
}

/** `~` and `~/…` as the person's own folder. */
export const expandHome = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(2)) : path

/** Folder of downloads that every workspace shares (`GRAFTBENCH_CACHE`, else the system's place). */
export function sharedCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['GRAFTBENCH_CACHE']
  if (own !== undefined && own !== '') return resolve(expandHome(own))
  if (process.platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'graftbench')
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'graftbench')
  const xdg = environment['XDG_CACHE_HOME']
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'graftbench')
}
