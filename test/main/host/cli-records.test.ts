import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { writeRows } from './rows'
import type { Finished, Folder } from './support'
import { errorCode, graftbench, isRecord, start, temporaryFolder, tinyModel } from './support'

let folder: Folder

const at = (name: string): string => join(folder.path, name)

const print = (...args: readonly string[]): Promise<Finished> =>
  graftbench(['--workspace', at('workspace'), ...args])

const run = (...args: readonly string[]): Promise<Finished> => print('--json', ...args)

beforeAll(async () => {
  folder = await temporaryFolder()
  const files = await writeRows(folder.path)
  await run('models', 'add', tinyModel, '--name', 'tiny')
  await run('datasets', 'add', files.train, '--name', 'rows')
  await writeFile(at('recipe.yaml'), 'model: tiny\ndata:\n  dataset: rows\n  maxLength: 16\n')
  const trained = await run('train', at('recipe.yaml'), '--set', 'maxSteps=2')
  expect(trained.code).toBe(0)
})
afterAll(() => folder.remove())

describe('what a run recorded', () => {
  it('comes out as CSV, one point a line', async () => {
    const { stdout } = await print('runs', 'curves', '1', '--series', 'train.loss')
    const [title, ...points] = stdout.trim().split('\n')
    expect(title).toBe('series,step,epoch,samples,seconds,value')
    expect(points.map((line) => line.split(',').slice(0, 2))).toEqual([
      ['train.loss', '1'],
      ['train.loss', '2'],
    ])
  })

  it('ends quietly when nobody reads on', async () => {
    const started = start(['--workspace', at('workspace'), 'runs', 'curves', '1'])
    started.child.stdout?.destroy()
    expect(await started.finished).toMatchObject({ code: 141, stderr: '' })
  })

  it('grows when the run is extended by epochs', async () => {
    const extended = await run('runs', 'extend', '1', '--epochs', '1')
    expect(extended.result).toMatchObject({ state: 'finished' })
    const { result } = await run('runs', 'curves', '1', '--series', 'train.loss')
    const [loss] = Array.isArray(result['series']) ? result['series'] : []
    expect(isRecord(loss) && Array.isArray(loss['step']) ? loss['step'].length : 0).toBe(
      extended.result['steps'],
    )
    expect(Number(extended.result['steps'])).toBeGreaterThan(2)
  })

  it('is compared with another run, never with nothing', async () => {
    const alone = await run('runs', 'compare', '1')
    expect(alone.code).toBe(2)
    expect(errorCode(alone)).toBe('input.invalid')
  })

  it('keeps its model and data from being deleted', async () => {
    for (const command of [
      ['models', 'delete', 'tiny'],
      ['datasets', 'delete', 'rows'],
    ]) {
      const refused = await run(...command)
      expect(refused.code).toBe(2)
      expect(errorCode(refused)).toBe('conflict')
    }
  })
})

describe('a recipe file', () => {
  it('is shown with every default filled in', async () => {
    const { stdout } = await print('recipe', 'show', at('recipe.yaml'))
    expect(parse(stdout)).toMatchObject({
      data: { dataset: 'rows', maxLength: 16 },
      optimizer: { name: 'adamw', learningRate: 5e-5 },
    })
    expect(await readFile(at('recipe.yaml'), 'utf8')).not.toContain('optimizer')
  })

  it('is refused with the line of each mistake, and a flag without one', async () => {
    await writeFile(at('wrong.yaml'), 'model: tiny\nepoch: 3\ndata:\n  dataset: rows\n')
    const refused = await print('train', at('wrong.yaml'), '--set', 'batch.size=many')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/error \[recipe\.invalid\]: .*wrong\.yaml: /)
    expect(refused.stderr).toContain('line 2, epoch: ')
    expect(refused.stderr).toMatch(/[^,] batch\.size: /)
  })

  it('is refused as no YAML with the line, by every command that reads it', async () => {
    await writeFile(at('torn.yaml'), 'model: tiny\ndata: [1, 2\n')
    for (const command of [['train'], ['recipe', 'check'], ['recipe', 'show']]) {
      const refused = await run(...command, at('torn.yaml'))
      expect(errorCode(refused)).toBe('recipe.syntax')
      expect(refused.code).toBe(2)
    }
  })
})

describe('rows that stand in two parts', () => {
  it('are told of when they are added, and go again', async () => {
    await writeFile(at('few.csv'), 'text,label\none,a\ntwo,b\nthree,a\nfour,b\n')
    const added = await print(...['datasets', 'add', at('few.csv'), '--test', at('few.csv')])
    expect(added.stdout).toContain('4 rows in two parts')
    expect((await run('datasets', 'delete', 'few')).code).toBe(0)
    const listed = await run('datasets', 'list')
    expect(listed.result['datasets']).toMatchObject([{ name: 'rows' }])
  })
})
