import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InputOf } from '@shared/contract'
import type { Dataset, KnowledgePack, Mining, PackContent } from '@shared/domain'
import { lexicon, packOf, rule } from '../knowledge/support'
import { noTrainers, openEngine, resultOf, type TestEngine, until } from './harness'

const trainRows = [
  ['a good film', 'positive', '5'],
  ['good but bad', 'negative', '2'],
  ['bad, I want a refund', 'negative', '1'],
  ['good refund', 'positive', '4'],
]
const testRows = [['the good film that nobody saw', 'positive', '5']]

const draft = packOf({
  lexicons: [lexicon('mood', { good: 2, bad: -3 })],
  rules: [rule('refund', { contains: 'refund' }, 'negative')],
})

async function openWithRows(): Promise<TestEngine & { readonly dataset: Dataset }> {
  const opened = await openEngine()
  const write = (name: string, rows: readonly (readonly string[])[]): string => {
    const path = join(opened.folder, `${name}.csv`)
    const lines = rows.map((cells) => cells.map((cell) => `"${cell}"`).join(','))
    writeFileSync(path, ['text,label,stars', ...lines, ''].join('\n'))
    return path
  }
  const dataset = await resultOf<Dataset>(
    opened,
    opened.call('datasets.import', {
      name: 'films',
      files: [
        { path: write('train', trainRows), part: 'train' },
        { path: write('test', testRows), part: 'test' },
      ],
      roles: { text: 'text', label: 'label' },
    }),
  )
  return { ...opened, dataset }
}

/** The folder of a pack whose corpus holds a test row. */
function writeLeakingPack(root: string): string {
  const folder = join(root, 'leaking')
  mkdirSync(join(folder, 'corpus'), { recursive: true })
  writeFileSync(
    join(folder, 'pack.yaml'),
    'name: leaking\nversion: 1\nlanguage: en\nlabels: [positive]\n',
  )
  writeFileSync(join(folder, 'corpus/field.txt'), 'They saw The good film, that nobody saw.\n')
  return folder
}

describe('the check of a pack', () => {
  it('measures a draft on the rows of a dataset that are not for the test', async () => {
    const { call } = await openWithRows()
    const report = await call('packs.check', { content: draft, dataset: 'films' })
    expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(report).toMatchObject({ rows: 4, labelledRows: 4, covered: 4, conflicting: 1 })
    expect(report.pieces[0]).toMatchObject({ piece: 'lexicon:mood', covered: 4, correct: 4 })
    expect(report.pieces[1]).toMatchObject({ piece: 'rule:refund', judged: 2, correct: 1 })
    expect(report.leakedRows).toBe(0)
  })

  it('names problems without a dataset, and what a damaged piece is', async () => {
    const { call } = await openWithRows()
    const damaged = { ...draft, rules: [...draft.rules, rule('odd', { regex: '(' })] }
    const report = await call('packs.check', { content: damaged, dataset: 'films' })
    expect(report.problems).toMatchObject([{ severity: 'error', field: 'odd.when' }])
    expect(report.pieces[1]).toMatchObject({ piece: 'rule:refund', covered: 2 })
    const alone = await call('packs.check', { content: damaged })
    expect(alone).toMatchObject({ rows: 0, pieces: [], problems: report.problems })
  })

  it('finds test rows in the corpus, of a folder, of a pack, of its draft', async () => {
    const opened = await openWithRows()
    const { call, folder } = opened
    const path = writeLeakingPack(folder)
    expect((await call('packs.check', { path, dataset: 'films' })).leakedRows).toBe(1)
    const pack = await resultOf<KnowledgePack>(opened, call('packs.import', { path }))
    expect((await call('packs.check', { pack: pack.id, dataset: 'films' })).leakedRows).toBe(1)
    const { content } = await call('packs.get', { pack: pack.id })
    const edited = { ...content, rules: draft.rules }
    const check = (checked: PackContent) =>
      call('packs.check', { pack: pack.id, content: checked, dataset: 'films' })
    expect((await check(edited)).leakedRows).toBe(1)
    const outside = { file: '../../graftbench.db', lines: 1, bytes: 1 }
    expect((await check({ ...edited, corpus: [outside] })).leakedRows).toBe(0)
  })

  it('refuses a call that names no pack, or one that is not there', async () => {
    const { call } = await openWithRows()
    await expect(call('packs.check', { dataset: 'films' })).rejects.toMatchObject({
      code: 'input.invalid',
    })
    await expect(call('packs.check', { pack: 'none' })).rejects.toMatchObject({ code: 'notFound' })
    await expect(call('packs.check', { content: draft, dataset: 'x' })).rejects.toMatchObject({
      code: 'notFound',
    })
  })
})

describe('the rows of a pack', () => {
  it('are shown with what was found, test rows never', async () => {
    const { call } = await openWithRows()
    const { total, rows } = await call('packs.rows', { content: draft, dataset: 'films' })
    expect(total).toBe(4)
    expect(rows[1]).toMatchObject({ row: 1, text: 'good but bad', label: 'negative' })
    expect(rows[1]?.vote).toBe('negative')
    expect(rows[1]?.matches.map(({ start, end, weight }) => [start, end, weight])).toEqual([
      [0, 4, 2],
      [9, 12, -3],
    ])
    expect(rows.map(({ text }) => text)).not.toContain(testRows[0]?.[0])
  })

  it('are chosen by piece and by what is wrong with it, page by page', async () => {
    const { call } = await openWithRows()
    const ids = async (
      piece: string | undefined,
      show: 'covered' | 'wrong' | 'conflict' | 'uncovered',
      offset = 0,
    ): Promise<readonly number[]> => {
      const query = { content: draft, dataset: 'films', show, offset, limit: 2 }
      const { rows } = await call('packs.rows', { ...query, ...(piece && { piece }) })
      return rows.map(({ row }) => row)
    }
    expect(await ids('rule:refund', 'covered')).toEqual([2, 3])
    expect(await ids('rule:refund', 'wrong')).toEqual([3])
    expect(await ids('rule:refund', 'conflict')).toEqual([3])
    expect(await ids('rule:refund', 'uncovered', 1)).toEqual([1])
    expect(await ids(undefined, 'conflict')).toEqual([3])
    expect(await ids(undefined, 'uncovered')).toEqual([])
    await expect(ids('rule:none', 'covered')).rejects.toMatchObject({ code: 'notFound' })
  })
})

describe('mining', () => {
  it('looks at the rows that a run would train on, and repeats nothing of the pack', async () => {
    const opened = await openEngine()
    const { call, folder } = opened
    const file = join(folder, 'many.csv')
    const mine = (input: InputOf<'packs.mine'>): Promise<Mining> =>
      resultOf<Mining>(opened, call('packs.mine', input))
    const lines = Array.from({ length: 200 }, (_, at) =>
      at % 2 === 0 ? `"superb film, ${at}",positive,5` : `"awful film, ${at}",negative,1`,
    )
    writeFileSync(file, ['text,label,stars', ...lines, ''].join('\n'))
    await resultOf<Dataset>(
      opened,
      call('datasets.import', { files: [{ path: file }], roles: { text: 'text', label: 'label' } }),
    )
    const mined = await mine({ dataset: 'many', trainRows: 60 })
    const superb = mined.rules.find(({ rule: { id } }) => id === 'superb')
    expect(superb).toMatchObject({ covered: 30, correct: 30, source: 'term' })
    expect(mined.rules.map((each) => each.rule.id)).toContain('stars-5')
    expect(await mine({ dataset: 'many', trainRows: 60 })).toEqual(mined)
    await call('packs.save', { content: packOf({ lexicons: [lexicon('l', { superb: 1 })] }) })
    const rest = await mine({ dataset: 'many', trainRows: 60, pack: 'test' })
    expect(rest.rules.map((each) => each.rule.id)).not.toContain('superb')
  })

  it('is a job that tells how far it is, can be stopped and is not written down', async () => {
    const opened = await openEngine()
    const { call, folder, events } = opened
    const file = join(folder, 'many.csv')
    const lines = Array.from({ length: 30_000 }, (_, at) =>
      at % 2 === 0 ? `superb ${at % 700},positive` : `awful ${at % 900},negative`,
    )
    writeFileSync(file, ['text,label', ...lines, ''].join('\n'))
    await resultOf<Dataset>(opened, call('datasets.import', { files: [{ path: file }] }))
    const job = await call('packs.mine', { dataset: 'many' })
    await until(
      () => events.find((each) => each.event === 'job.changed' && each.payload.job.id === job.id),
      'progress',
    )
    expect((await call('jobs.cancel', { job: job.id })).state).toEqual({ kind: 'cancelled' })
    const { rules } = await resultOf<Mining>(opened, call('packs.mine', { dataset: 'many' }))
    expect(rules.map(({ rule: { id } }) => id)).toEqual(expect.arrayContaining(['awful', 'superb']))
    const told = events.flatMap((each) =>
      each.event === 'job.changed' && each.payload.job.kind === 'pack.mine'
        ? [each.payload.job.progress]
        : [],
    )
    expect(told.some((progress) => (progress?.total ?? 0) > 0)).toBe(true)
    const jobs = await call('jobs.list', {})
    expect(jobs.map(({ kind }) => kind).toSorted()).toEqual([
      'dataset.import',
      'pack.mine',
      'pack.mine',
    ])
    await opened.engine.close()
    const again = await openEngine(noTrainers, folder)
    expect((await again.call('jobs.list', {})).map(({ kind }) => kind)).toEqual(['dataset.import'])
  })
})
