import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SnapshotRequest } from '../../../src/main/data/snapshot'
import { createSnapshot } from '../../../src/main/data/snapshot'
import {
  isSnapshotIntact,
  loadSnapshotRows,
  queryRows,
  readBadRows,
  readSnapshot,
  readSnapshotRows,
} from '../../../src/main/data/snapshot-reader'
import { computeStatistics } from '../../../src/main/data/statistics'
import { loadTokenizer } from '../../../src/main/data/tokenizer'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = async (content: string, name = 'data.csv'): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const store = (): string => join(folder, 'datasets')

const snap = async (
  content: string,
  request: Partial<SnapshotRequest> = {},
  name?: string,
): ReturnType<typeof createSnapshot> =>
  createSnapshot(store(), {
    files: [{ path: await put(content, name), part: 'all' }],
    roles: {},
    ...request,
  })

const labelsIn = async (at: string): Promise<unknown[]> =>
  (await loadSnapshotRows(at, await readSnapshot(at))).map(({ label }) => label)

describe('a snapshot', () => {
  it('holds every row in one form, the refused ones, and what they are', async () => {
    const made = await snap('text,label,id\na,x,1\nb\nc,y,2\n,x,3\nd,,4\n')
    expect(made.snapshot).toMatchObject({
      task: 'single-label',
      labels: ['x', 'y'],
      rows: 3,
      badRows: 2,
      sideColumns: ['id'],
      roles: { text: 'text', label: 'label', pair: null },
    })
    expect(await loadSnapshotRows(made.folder, made.snapshot)).toEqual([
      { id: 0, part: 'all', text: 'a', pair: null, label: 'x', columns: { id: '1' } },
      { id: 1, part: 'all', text: 'c', pair: null, label: 'y', columns: { id: '2' } },
      { id: 2, part: 'all', text: 'd', pair: null, label: null, columns: { id: '4' } },
    ])
    const bad = await readBadRows(made.folder, 10)
    expect(bad.map(({ row, line }) => [row, line])).toEqual([
      [2, 3],
      [4, 5],
    ])
    expect(await readSnapshot(made.folder)).toEqual(made.snapshot)
    expect(made.folder).toBe(join(store(), made.snapshot.hash))
  })

  it('keeps rows without a label to learn from, not to be judged by', async () => {
    const train = await put('text,label\na,x\nb,y\nc,\n', 'train.csv')
    const test = await put('text,label\nd,x\ne,\n', 'test.csv')
    const made = await createSnapshot(store(), {
      files: [
        { path: train, part: 'train' },
        { path: test, part: 'test' },
      ],
      roles: {},
    })
    expect(await labelsIn(made.folder)).toEqual(['x', 'y', null, 'x'])
    const [bad] = await readBadRows(made.folder, 10)
    expect(bad).toMatchObject({ row: 2, reason: 'The label ("label") is missing.' })
  })

  it('of the same data is the same folder, of other data another', async () => {
    const one = await snap('text,label\na,x\nb,y\n')
    const again = await snap('text,label\na,x\nb,y\n')
    const other = await snap('text,label\na,x\nc,y\n')
    expect(again.folder).toBe(one.folder)
    expect(other.folder).not.toBe(one.folder)
    expect((await readdir(store())).toSorted()).toEqual(
      [one.snapshot.hash, other.snapshot.hash].toSorted(),
    )
  })

  it('joins files of several parts and formats', async () => {
    const train = await put('text,label\na,x\nb,y\n', 'train.csv')
    const test = await put('{"label": "z", "text": "c"}\n', 'test.jsonl')
    const { folder: at, snapshot } = await createSnapshot(store(), {
      files: [
        { path: train, part: 'train' },
        { path: test, part: 'test' },
      ],
      roles: {},
    })
    expect(snapshot.labels).toEqual(['x', 'y', 'z'])
    const rows = await loadSnapshotRows(at, snapshot)
    expect(rows.map(({ id, part }) => [id, part])).toEqual([
      [0, 'train'],
      [1, 'train'],
      [2, 'test'],
    ])
  })

  it('leaves nothing behind when it cannot be made', async () => {
    await expect(snap('text,label\na,x\nb,x\n')).rejects.toMatchObject({ code: 'data.oneClass' })
    expect(await readdir(store())).toEqual([])
    await expect(
      snap('text,label\na,x\nb,y\n', { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it('says how far it is', async () => {
    const seen: number[] = []
    await snap('text,label\na,x\nb,y\n', { onProgress: (done, total) => seen.push(done / total) })
    expect(seen.at(-1)).toBe(1)
  })
})

describe('labels', () => {
  it('of numbers become classes by cut points, with names', async () => {
    const content = 'text,score\na,-2\nb,-0.5\nc,0\nd,0.5\ne,oops\n'
    const roles = { label: 'score', cut: [-0.5, 0.5] }
    const made = await snap(content, { roles })
    expect(made.snapshot.labels).toEqual(['below -0.5', '-0.5 to 0.5', '0.5 and above'])
    expect(made.snapshot.badRows).toBe(1)
    const named = await snap(content, { roles: { ...roles, cutNames: ['bad', 'fair', 'good'] } })
    expect(await labelsIn(named.folder)).toEqual(['bad', 'fair', 'fair', 'good'])
  })

  it('are values where a column has many numbers, classes where it has few whole ones', async () => {
    const many = await snap('text,score\na,1.5\nb,2\n')
    expect([many.snapshot.task, await labelsIn(many.folder)]).toEqual(['regression', [1.5, 2]])
    const few = await snap('text,stars\na,5\nb,1\nc,10\n')
    expect([few.snapshot.task, few.snapshot.labels]).toEqual(['single-label', ['1', '5', '10']])
    const told = await snap('text,stars\na,5\nb,1\n', { task: 'regression' })
    expect(await labelsIn(told.folder)).toEqual([5, 1])
  })

  it('may be several a row', async () => {
    const csv = await snap('text,tags\na,x;y\nb,\nc,y;y; z\n', {
      roles: { label: 'tags', labelSeparator: ';' },
    })
    expect(csv.snapshot).toMatchObject({ task: 'multi-label', labels: ['x', 'y', 'z'], badRows: 0 })
    expect(await labelsIn(csv.folder)).toEqual([['x', 'y'], [], ['y', 'z']])
    const json = await snap(
      '{"text":"a","tags":["p","q, r"]}\n',
      {
        roles: { label: 'tags' },
        task: 'multi-label',
      },
      'x.jsonl',
    )
    expect(await labelsIn(json.folder)).toEqual([['p', 'q, r']])
  })

  it('may be missing altogether', async () => {
    const { snapshot, folder: at } = await snap('text,label\na,x\n', { roles: { label: null } })
    expect(snapshot).toMatchObject({ labels: [], sideColumns: ['label'] })
    expect(await labelsIn(at)).toEqual([null])
  })
})

describe('a wrong request', () => {
  it('names the column, the file and the columns there are', async () => {
    await expect(snap('text,label\na,x\n', { roles: { text: 'txet' } })).rejects.toMatchObject({
      code: 'data.columnUnknown',
      message: 'data.csv has no column "txet". It has "text", "label".',
    })
  })

  it.each<[string, string, Partial<SnapshotRequest>, string]>([
    [
      'descending cut points',
      'text,label\na,1\nb,2\n',
      { roles: { cut: [2, 1] } },
      'input.invalid',
    ],
    [
      'too few names',
      'text,label\na,1\nb,2\n',
      { roles: { cut: [1], cutNames: ['a'] } },
      'input.invalid',
    ],
    ['only refused rows', 'text,label\n,x\n,y\n', {}, 'data.noRows'],
    ['no labels', 'text,label\na,\nb,\n', {}, 'data.oneClass'],
    ['no files', 'x', { files: [] }, 'input.invalid'],
  ])('is refused: %s', async (_name, content, request, code) => {
    await expect(snap(content, request)).rejects.toMatchObject({ code })
  })

  it('is refused when a text column was taken for the label', async () => {
    const rows = Array.from({ length: 1100 }, (_, at) => `text ${at},label ${at}`)
    await expect(snap(`text,label\n${rows.join('\n')}\n`)).rejects.toMatchObject({
      code: 'data.format',
      message: expect.stringContaining('more than 1000 different values'),
    })
  })
})

describe('reading a snapshot', () => {
  it('pages through the rows that match', async () => {
    const { folder: at } = await snap('text,label\nApple,x\npear,y\napple pie,y\n')
    const page = await queryRows(at, { search: 'APPLE', offset: 1, limit: 5 })
    expect([page.total, page.rows.map(({ text }) => text)]).toEqual([2, ['apple pie']])
    expect((await queryRows(at, { label: 'y', offset: 0, limit: 1 })).total).toBe(2)
  })

  it('names the damaged line', async () => {
    const { folder: at, snapshot } = await snap('text,label\na,x\nb,y\n')
    expect(await isSnapshotIntact(at)).toBe(true)
    const path = join(at, 'rows.jsonl')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"b"', 'b'))
    await expect(loadSnapshotRows(at, snapshot)).rejects.toThrow(/rows.jsonl, line 2, is damaged/)
    await writeFile(path, text.split('\n', 1).join(''))
    await expect(loadSnapshotRows(at, snapshot)).rejects.toThrow(/has 1 rows, 2 were written/)
    expect(await isSnapshotIntact(at)).toBe(false)
  })
})

describe('statistics', () => {
  it('count classes, lengths, duplicates and leaked rows', async () => {
    const train = await put('text,label\na,x\na,x\nbb,y\nthe graft,y\n', 'train.csv')
    const test = await put('text,label\nbb,y\nnew,x\n', 'test.csv')
    const { folder: at } = await createSnapshot(store(), {
      files: [
        { path: train, part: 'train' },
        { path: test, part: 'test' },
      ],
      roles: {},
    })
    const tokenizer = await loadTokenizer(
      join(import.meta.dirname, '../../fixtures/parity/bert-classify'),
    )
    const found = await computeStatistics(readSnapshotRows(at), {
      badRows: 3,
      tokenizer,
      tokensOf: 'bert',
    })
    expect(found).toMatchObject({ duplicates: 2, leaked: 1, badRows: 3, tokensOf: 'bert' })
    expect(found.parts).toEqual([
      { part: 'train', rows: 4, labels: { x: 2, y: 2 } },
      { part: 'test', rows: 2, labels: { x: 1, y: 1 } },
    ])
    expect(found.characters.edges).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(found.characters.counts).toEqual([2, 2, 1, 0, 0, 0, 0, 0, 1])
    expect(found.tokens?.counts.reduce((sum, count) => sum + count, 0)).toBe(6)
  })
})
