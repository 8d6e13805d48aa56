import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecordedEvent, RunEvent } from '../../../src/shared/trainer'
import { openJournal } from '../../../src/main/trainer/journal'

const log = (message: string): RunEvent => ({
  type: 'log',
  line: { time: 0, level: 'info', message },
})

describe('the journal', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journal-'))
    path = join(folder, 'events.ndjson')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const recorded = (): RecordedEvent[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): RecordedEvent => JSON.parse(line))

  const write = (messages: readonly string[]): void => {
    const journal = openJournal(path)
    for (const message of messages) journal.append(log(message))
    journal.close()
  }

  it('numbers events from 1 without a gap, over several attempts', () => {
    write(['a', 'b'])
    write(['c'])
    expect(recorded().map((event) => event.seq)).toEqual([1, 2, 3])
  })

  it('cuts off a last line that was not written to its end, wherever it was torn', async () => {
    write(['first', 'second'])
    const whole = readFileSync(path)
    const firstLine = whole.indexOf(0x0a) + 1
    for (let size = firstLine; size < whole.length; size += 7) {
      writeFileSync(path, whole.subarray(0, size))
      const journal = openJournal(path)
      expect(journal.lastSeq).toBe(1)
      journal.close()
      expect((await stat(path)).size).toBe(firstLine)
    }
  })

  it('cuts off zeros that a power failure left in place of a line', () => {
    write(['first'])
    appendFileSync(path, `${'\0'.repeat(50)}\n`)
    const journal = openJournal(path)
    expect(journal.append(log('second')).seq).toBe(2)
    journal.close()
    expect(recorded()).toHaveLength(2)
  })

  it('finds the last event behind a line that is longer than what it looks at first', () => {
    write(['first', 'x'.repeat(3_000_000)])
    const journal = openJournal(path)
    expect(journal.lastSeq).toBe(2)
    journal.close()
    truncateSync(path, readFileSync(path).length - 5)
    const torn = openJournal(path)
    expect(torn.lastSeq).toBe(1)
    torn.close()
  })

  it('starts anew when nothing but a torn first line is there', () => {
    writeFileSync(path, '{"seq":1,"ti')
    const journal = openJournal(path)
    expect(journal.append(log('first')).seq).toBe(1)
    journal.close()
    expect(recorded()).toHaveLength(1)
  })

  it('refuses a file that is something else and leaves it as it is', () => {
    writeFileSync(path, 'name,value\na,1\n')
    expect(() => openJournal(path)).toThrow(/not the journal/)
    expect(readFileSync(path, 'utf8')).toBe('name,value\na,1\n')
  })

  it('names the file when its folder is missing', () => {
    const missing = join(folder, 'gone', 'events.ndjson')
    expect(() => openJournal(missing)).toThrow(/gone.*does not exist/)
    expect(existsSync(missing)).toBe(false)
  })

  it.skipIf(!existsSync('/dev/full'))('names a full disk', () => {
    const journal = openJournal('/dev/full')
    expect(() => journal.append(log('a'))).toThrow(/full/)
  })
})
