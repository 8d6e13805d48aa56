import type { ErrorPayload } from '@shared/errors'

/** Where a command's words go. A command says everything through this, in both forms. */
export interface Output {
  readonly json: boolean
  /** Lines for a person; nothing in JSON. */
  lines(...lines: readonly string[]): void
  /** Something that happened; a JSON line, nothing for a person. */
  event(name: string, payload: object): void
  /** State of work: rewrites one line on a terminal; elsewhere a plain line now and then. */
  progress(text: string): void
  /** The progress is over; what follows starts on a line of its own. */
  endProgress(): void
  /** What came of the command: the last JSON line. */
  result(value: object): void
  error(error: ErrorPayload): void
}

export interface Streams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: {
    write(text: string): unknown
    readonly isTTY?: boolean
    readonly columns?: number
  }
}

/** Between plain progress lines in a log file, in milliseconds. */
const plainEvery = 5000

/** One JSON object a line on standard output; the last one is the result or `{ error }`. */
function jsonOutput({ stdout }: Streams): Output {
  const line = (value: object): void => void stdout.write(`${JSON.stringify(value)}\n`)
  return {
    json: true,
    lines: () => undefined,
    event: (name, payload) => line({ event: name, ...payload }),
    progress: () => undefined,
    endProgress: () => undefined,
    result: line,
    error: ({ code, message, details }) =>
      line({ error: details === undefined ? { code, message } : { code, message, details } }),
  }
}

/** Results on standard output, progress and errors on standard error. */
function humanOutput({ stdout, stderr }: Streams, now: () => number): Output {
  const isTerminal = stderr.isTTY === true
  let shown = ''
  let plainAt = -Infinity
  const clear = (): void => {
    if (shown !== '') stderr.write('\r\x1b[2K')
    shown = ''
  }
  const progress = (text: string): void => {
    if (isTerminal) {
      const line = text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))
      if (line !== shown) stderr.write(`\r\x1b[2K${line}`)
      shown = line
    } else if (now() - plainAt >= plainEvery) {
      plainAt = now()
      stderr.write(`${text}\n`)
    }
  }
  return {
    json: false,
    lines: (...lines) => {
      clear()
      for (const line of lines) stdout.write(`${line}\n`)
    },
    event: () => undefined,
    progress,
    endProgress: () => {
      clear()
      plainAt = -Infinity
    },
    result: () => undefined,
    error: ({ code, message, details }) => {
      clear()
      const stack = details?.['stack']
      // An error that nobody foresaw: its place in the program helps whoever reports it.
      const text = code === 'internal' && typeof stack === 'string' ? stack : message
      stderr.write(`error [${code}]: ${text}\n`)
    },
  }
}

export const createOutput = (
  json: boolean,
  streams: Streams = process,
  now: () => number = Date.now,
): Output => (json ? jsonOutput(streams) : humanOutput(streams, now))
