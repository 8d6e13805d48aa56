import type { ServerResponse } from 'node:http'
import type { ErrorCode, ErrorPayload } from '@shared/errors'
import { pageHeaders } from '../../platform/renderer-files'

/** Answers with JSON that nothing keeps. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, {
    ...pageHeaders(),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

/** Answers with an error as every front gets it: `{ error: { code, message, details } }`. */
export function answerError(response: ServerResponse, error: ErrorPayload): void {
  const { code, message } = error
  const shown: ErrorPayload =
    error.details === undefined || 'stack' in error.details
      ? { code, message }
      : { code, message, details: error.details }
  answerJson(response, statusOf(code), { error: shown })
}

/** Answers with a short text and closes the connection: for requests that are refused. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...pageHeaders(),
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    Connection: 'close',
  })
  response.end(`${text}\n`)
}

function statusOf(code: ErrorCode): number {
  if (code === 'notFound' || code === 'file.notFound') return 404
  if (code === 'disk.full') return 507
  if (code === 'engine.unavailable') return 503
  if (code === 'internal') return 500
  return 400
}
