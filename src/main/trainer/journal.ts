import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import type { RecordedEvent, RunEvent } from '@shared/trainer'
import { GraftError } from '@shared/errors'
import { describeFileError } from '../platform/files'

/**
 * The history of a run, one RecordedEvent a line. An event is in the file before anybody hears of
 * it; numbers start at 1 and have no gap, also over several attempts at one run.
 */
export interface Journal {
  /** Number of the last event, 0 when there is none. */
  readonly lastSeq: number
  /** Appends an event. `durable`: returns only when the disk has it, with all events before it. */
  append(event: RunEvent, options?: { readonly durable?: boolean }): RecordedEvent
  /** Returns when the disk has all events. */
  sync(): void
  close(): void
}

const firstWindow = 1 << 16
const newline = 0x0a

/**
 * Opens or creates a journal. What a killed process left of a last line is cut off. Throws
 * disk.full, disk.readOnly and file.notReadable, which name the file.
 */
export function openJournal(path: string, now: () => number = Date.now): Journal {
  const file = guarded(path, () => openSync(path, 'a+'))
  const end = guarded(path, () => findEnd(file, path))
  guarded(path, () => {
    if (fstatSync(file).size > end.offset) ftruncateSync(file, end.offset)
  })
  let seq = end.seq
  let offset = end.offset
  return {
    get lastSeq() {
      return seq
    },
    append(event, options = {}) {
      const recorded: RecordedEvent = { seq: seq + 1, time: now(), event }
      const line = Buffer.from(`${JSON.stringify(recorded)}\n`)
      guarded(path, () => {
        appendWhole(file, line, offset)
        if (options.durable === true) fsyncSync(file)
      })
      seq += 1
      offset += line.length
      return recorded
    },
    sync() {
      guarded(path, () => {
        fsyncSync(file)
      })
    },
    close() {
      guarded(path, () => {
        fsyncSync(file)
        closeSync(file)
      })
    },
  }
}

/** Writes all bytes or, when the disk refuses, none: a half line would swallow the next one. */
function appendWhole(file: number, bytes: Buffer, offset: number): void {
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written)
  } catch (error) {
    if (written > 0) ftruncateSync(file, offset)
    throw error
  }
}

/** Where the last complete event ends, looking at ever more of the file's tail until one is found. */
function findEnd(file: number, path: string): { readonly offset: number; readonly seq: number } {
  const size = fstatSync(file).size
  for (let window = firstWindow; ; window *= 4) {
    const from = Math.max(0, size - window)
    const tail = Buffer.alloc(size - from)
    let read = 0
    while (read < tail.length) {
      const count = readSync(file, tail, read, tail.length - read, from + read)
      if (count === 0) break
      read += count
    }
    const found = lastEvent(tail.subarray(0, read), from === 0)
    if (found !== undefined) return { offset: from + found.end, seq: found.seq }
    if (from > 0) continue
    if (size > 0 && read > 0 && tail.includes(newline)) {
      throw new GraftError('file.notReadable', `${path} is not the journal of a run.`, { path })
    }
    return { offset: 0, seq: 0 }
  }
}

function lastEvent(
  tail: Buffer,
  fromStart: boolean,
): { readonly end: number; readonly seq: number } | undefined {
  let end = tail.lastIndexOf(newline)
  while (end >= 0) {
    const before = end === 0 ? -1 : tail.lastIndexOf(newline, end - 1)
    if (before === -1 && !fromStart) return undefined
    const seq = seqOf(tail.subarray(before + 1, end))
    if (seq !== undefined) return { end: end + 1, seq }
    end = before
  }
  return undefined
}

function seqOf(line: Buffer): number | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (value === null || typeof value !== 'object' || !('seq' in value)) return undefined
    return typeof value.seq === 'number' ? value.seq : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw describeFileError(error, path)
  }
}
