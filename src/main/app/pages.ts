import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import { systemCodeOf } from '../platform/files'
import { pageHeaders, rendererFile } from '../platform/renderer-files'
import type { Page } from './compat'
import { serveScheme } from './compat'

const scheme = 'app'
const host = 'graftbench'
export const startPage = `${scheme}://${host}/index.html`

/** Before the app is ready: pages of the scheme get an origin of their own, as https pages do. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Whether a frame shows a page of ours. */
export function isOwnPage(url: string): boolean {
  try {
    const parsed = new URL(url)
    return parsed.protocol === `${scheme}:` && parsed.host === host
  } catch {
    return false
  }
}

/** Serves the built renderer at `app://graftbench/`, and nothing outside its folder. */
export function servePages(folder: string): void {
  serveScheme(scheme, (url) => answer(folder, url))
}

async function answer(folder: string, url: string): Promise<Page> {
  if (!isOwnPage(url)) return nothing
  const file = rendererFile(folder, new URL(url).pathname)
  if (file === null) return nothing
  const body = await readFile(file.path).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'EISDIR') return null
    throw error
  })
  if (body === null) return nothing
  return { status: 200, headers: { ...pageHeaders(), 'Content-Type': file.contentType }, body }
}

const nothing: Page = {
  status: 404,
  headers: { ...pageHeaders(), 'Content-Type': 'text/plain; charset=utf-8' },
  body: Buffer.from('There is no such page.\n'),
}
