import { createWriteStream, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { openStore, putJob } from '../../../src/main/store'
import { noTrainers, openEngine, temporaryFolder, until } from './harness'

/** Enough rows that reading them takes a while. */
async function writeManyRows(file: string): Promise<string> {
  const stream = createWriteStream(file)
  stream.write('text,label\n')
  for (let piece = 0; piece < 300; piece += 1) {
    const rows = Array.from({ length: 1000 }, (_, row) => `text ${piece} ${row},${row % 2}x`)
    stream.write(`${rows.join('\n')}\n`)
  }
  stream.end()
  await finished(stream)
  return file
}

describe('jobs', () => {
  it('can be cancelled and leave nothing half-done', async () => {
    const { call, folder, events } = await openEngine()
    const file = await writeManyRows(join(folder, 'many.csv'))
    const job = await call('datasets.import', { files: [{ path: file }] })
    await until(
      () => events.find((each) => each.event === 'job.changed' && each.payload.job.progress),
      'progress',
    )
    const cancelled = await call('jobs.cancel', { job: job.id })
    expect(cancelled.state).toEqual({ kind: 'cancelled' })
    expect(cancelled.endedAt).not.toBeNull()
    expect(await call('datasets.list', {})).toEqual([])
    expect(readdirSync(join(folder, 'datasets'))).toEqual([])
  })

  it('tell how far they are, how fast and for how long still', async () => {
    const { call, folder, events } = await openEngine()
    const file = await writeManyRows(join(folder, 'many.csv'))
    const job = await call('datasets.import', { files: [{ path: file }] })
    await until(async () => {
      const now = await call('jobs.get', { job: job.id })
      return now.state.kind === 'finished' ? now : null
    }, 'the end')
    const progress = events.flatMap((each) =>
      each.event === 'job.changed' && each.payload.job.progress !== null
        ? [each.payload.job.progress]
        : [],
    )
    expect(progress.some(({ unit, total }) => unit === 'bytes' && (total ?? 0) > 1e6)).toBe(true)
    expect(progress.some(({ rate }) => rate !== null && rate > 0)).toBe(true)
  })

  it('of an engine that died are marked interrupted, and what it left is removed', async () => {
    const folder = temporaryFolder()
    const before = await openEngine(noTrainers, folder)
    await before.engine.close()
    const files = { file: join(folder, 'graftbench.db'), backups: join(folder, 'backups') }
    const store = openStore(files)
    putJob(store.db, {
      id: 'job_left' as never,
      kind: 'export',
      title: 'Left',
      project: null,
      state: { kind: 'running' },
      progress: null,
      createdAt: 1,
      endedAt: null,
    })
    store.close()
    const partial = join(folder, 'models', '.folder.partial-abc')
    createWriteStream(partial).end()
    await until(() => existsSync(partial) || null, 'the partial file')
    const { call } = await openEngine(noTrainers, folder)
    expect((await call('jobs.get', { job: 'job_left' })).state).toEqual({ kind: 'interrupted' })
    expect(existsSync(partial)).toBe(false)
  })
})
