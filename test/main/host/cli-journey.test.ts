import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Files } from './rows'
import { writeRows } from './rows'
import type { Finished, Folder } from './support'
import { errorCode, graftbench, isRecord, temporaryFolder, tinyModel } from './support'

/** Steps build on each other, as they do in a terminal. */
describe('the command line, from rows to an exported model', () => {
  let folder: Folder
  let files: Files
  const run = (...args: readonly string[]): Promise<Finished> =>
    graftbench(['--workspace', join(folder.path, 'workspace'), '--json', ...args])
  const print = (...args: readonly string[]): Promise<Finished> =>
    graftbench(['--workspace', join(folder.path, 'workspace'), ...args])

  beforeAll(async () => {
    folder = await temporaryFolder()
    files = await writeRows(folder.path)
  })
  afterAll(() => folder.remove())

  const short = ['--batch', '8', '--max-length', '16', '--lr', '1e-3']

  it('trains from a folder and two files, with a result that scripts can read', async () => {
    const { train, test } = files
    const finished = await run(
      ...['train', '--model', tinyModel, '--train', train, '--test', test, '--epochs', '1'],
      ...short,
    )
    expect(finished.code).toBe(0)
    expect(finished.result).toMatchObject({ number: 1, state: 'finished', steps: 11 })
    for (const field of ['run', 'steps', 'seconds', 'samplesPerSecond', 'metrics']) {
      expect(finished.result).toHaveProperty(field)
    }
    const metrics = finished.result['metrics']
    expect(Object.keys(isRecord(metrics) ? metrics : {})).toEqual(
      expect.arrayContaining(['test.accuracy', 'validation.loss', 'train.loss']),
    )
    const names = finished.events.map(({ event }) => event)
    expect(names).toEqual(expect.arrayContaining(['job.changed', 'run.changed', 'run.metrics']))
  })

  it('trains on from a recipe file with fields set by hand', async () => {
    const shown = await run('recipe', 'show', '1')
    const recipe = join(folder.path, 'recipe.yaml')
    await writeFile(recipe, String(shown.result['yaml']))
    const finished = await run(
      ...['train', recipe, '--set', 'schedule.name=constant', '--set', 'batch.size=16'],
      ...['--set', 'seeds.init=1', '--name', 'second'],
    )
    expect(finished.code).toBe(0)
    expect(finished.result).toMatchObject({ number: 2, name: 'second', steps: 6 })
  })

  it('adds neither the model nor the rows a second time', async () => {
    const models = await run('models', 'list')
    const datasets = await run('datasets', 'list')
    expect(models.result['models']).toHaveLength(1)
    expect(datasets.result['datasets']).toHaveLength(1)
  })

  it('lists, shows and compares runs', async () => {
    const table = await print('runs')
    expect(table.stdout).toMatch(/^#\s+Name\s+State/)
    expect(table.stdout).toMatch(/second\s+finished\s+bert-classify/)
    const detail = await run('runs', 'show', 'second')
    expect(detail.result).toMatchObject({ run: { number: 2 } })
    const comparison = await run('runs', 'compare', '1', '2')
    const { differences } = comparison.result
    const paths = Array.isArray(differences) ? differences.map(({ path }) => path) : []
    expect(paths.sort()).toEqual(['batch.size', 'schedule.name', 'seeds.init'])
    const printed = await print('runs', 'compare', '1', '2', '--baseline', '2')
    expect(printed.stdout).toContain('#2 (baseline)')
    expect(printed.stdout).toMatch(/test\.accuracy\s+/)
  })

  it('predicts a file by the run and by its export with equal answers', async () => {
    const [byRun, byFolder] = ['run.csv', 'folder.jsonl'].map((name) => join(folder.path, name))
    const model = join(folder.path, 'exported')
    const predicted = await run(
      'predict',
      '--run',
      '2',
      '--input',
      files.test,
      '--output',
      `${byRun}`,
    )
    expect(predicted.code).toBe(0)
    expect(predicted.result).toMatchObject({ rows: 24, path: byRun })
    const exported = await run('export', '--run', '2', '--format', 'hf', '--output', model)
    expect(exported.code).toBe(0)
    expect(Number(exported.result['largestDifference'])).toBeLessThan(1e-4)
    const again = await run(
      ...['predict', '--model', model, '--input', files.test, '--output', `${byFolder}`],
    )
    expect(again.code).toBe(0)
    const csv = (await readFile(`${byRun}`, 'utf8')).trim().split('\n')
    const jsonl = (await readFile(`${byFolder}`, 'utf8')).trim().split('\n')
    expect(csv).toHaveLength(25)
    expect(jsonl).toHaveLength(24)
    const header = csv[0]?.split(',') ?? []
    const first = csv[1]?.split(',') ?? []
    const row: unknown = JSON.parse(jsonl[0] ?? '')
    if (!isRecord(row) || !Array.isArray(row['logits'])) throw new Error('no logits')
    expect(row['label']).toBe(first[header.indexOf('label')])
    const logit = Number(first[header.findIndex((name) => name.startsWith('logit.'))])
    expect(Math.abs(logit - Number(row['logits'][0]))).toBeLessThan(1e-4)
  })

  it('overwrites nothing unless it is told to', async () => {
    const output = join(folder.path, 'run.csv')
    const predict = ['predict', '--run', '2', '--input', files.test, '--output', output]
    const refused = await run(...predict)
    expect(refused.code).toBe(2)
    expect(errorCode(refused)).toBe('file.exists')
    const again = await run('export', '--run', '2', '--output', join(folder.path, 'exported'))
    expect(again.code).toBe(2)
    expect(errorCode(again)).toBe('export.exists')
    expect((await run(...predict, '--overwrite')).code).toBe(0)
  })

  it('deletes a run and says what came back', async () => {
    const finished = await run('runs', 'delete', '1')
    expect(finished.code).toBe(0)
    expect(Number(finished.result['bytes'])).toBeGreaterThan(0)
    const gone = await run('runs', 'show', '1')
    expect(gone.code).toBe(2)
    expect(errorCode(gone)).toBe('notFound')
  })
})
