import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { systemCodeOf } from '../../platform/files'
import { pageHeaders, rendererFile } from '../../platform/renderer-files'
import { answerText } from './answers'

/** Built files carry a hash in their names and never change; the index names the current ones. */
const forever = 'public, max-age=31536000, immutable'

/** Serves a file of the built renderer. */
export async function serveStatic(
  folder: string,
  urlPath: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = rendererFile(folder, urlPath)
  const body = file === null ? null : await readOrNull(file.path)
  if (file === null || body === null) {
    answerText(response, 404, 'There is no such page.')
    return
  }
  response.writeHead(200, {
    ...pageHeaders(`ws://${request.headers.host ?? ''}`),
    'Content-Type': file.contentType,
    'Content-Length': body.length,
    'Cache-Control': file.isIndex ? 'no-store' : forever,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function readOrNull(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: unknown) => {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null
    throw error
  })
}
