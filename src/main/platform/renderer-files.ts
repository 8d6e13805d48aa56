import { extname } from 'node:path'
import { safeJoin } from './paths'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

export interface RendererFile {
  readonly path: string
  readonly contentType: string
  readonly isIndex: boolean
}

/**
 * The file of the built renderer that a URL's path names; null for one that leaves the folder, is
 * badly encoded or has a type that the renderer does not consist of.
 */
export function rendererFile(folder: string, urlPath: string): RendererFile | null {
  const name = decoded(urlPath)
  if (name === null || name.includes('\\')) return null
  const relative = name === '/' || name === '' ? 'index.html' : name.replace(/^\//, '')
  const contentType = types[extname(relative).toLowerCase()]
  if (contentType === undefined || relative.split('/').some((part) => part.startsWith('.'))) {
    return null
  }
  try {
    const path = safeJoin(folder, relative)
    return { path, contentType, isIndex: relative === 'index.html' }
  } catch {
    return null
  }
}

function decoded(urlPath: string): string | null {
  try {
    return decodeURIComponent(urlPath)
  } catch {
    return null
  }
}

/**
 * What a page of Graftbench may load: its own files, nothing else. Styles may be inline, because
 * charts and menus place themselves by style attributes. `connect`: further addresses for calls.
 */
export const contentSecurityPolicy = (connect = ''): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ${connect}`.trim(),
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')

/** Headers of every answer that carries a part of the page. */
export const pageHeaders = (connect = ''): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': contentSecurityPolicy(connect),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
})
