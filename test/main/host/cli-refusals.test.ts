import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvRows, writeRows } from './rows'
import type { Files } from './rows'
import type { Finished, Folder } from './support'
import { errorCode, graftbench, isRecord, temporaryFolder, tinyModel } from './support'

let folder: Folder
let files: Files

beforeAll(async () => {
  folder = await temporaryFolder()
  files = await writeRows(folder.path)
})
afterAll(() => folder.remove())

const run = (...args: readonly string[]): Promise<Finished> =>
  graftbench(['--workspace', join(folder.path, 'workspace'), '--json', ...args])

async function file(name: string, content: string): Promise<string> {
  const path = join(folder.path, name)
  await writeFile(path, content)
  return path
}

/** A copy of the tiny model that a test may spoil. */
async function modelCopy(name: string): Promise<string> {
  const path = join(folder.path, name)
  await cp(tinyModel, path, { recursive: true })
  return path
}

const train = (data: string, ...more: readonly string[]): Promise<Finished> =>
  run('train', '--model', tinyModel, '--train', data, '--max-steps', '1', ...more)

const message = ({ result }: Finished): string => {
  const { error } = result
  return isRecord(error) ? String(error['message']) : ''
}

describe('further seeds of an ablation', () => {
  it.each([
    ['notFound', 'no ablation "9"', ['--seeds', '3']],
    ['input.invalid', '--seeds', []],
    ['input.invalid', '"many"', ['--seeds', 'many']],
    ['input.invalid', 'seeds: This must be at most 100.', ['--seeds', '101']],
  ])('are refused with %s: %s', async (code, text, more) => {
    const finished = await run('ablations', 'extend', '9', ...more)
    expect(finished.code).toBe(2)
    expect(errorCode(finished)).toBe(code)
    expect(message(finished)).toContain(text)
  })
})

describe('rows that cannot be used', () => {
  it('lists a bad row by number and trains on the others', async () => {
    const path = await file('bad-row.csv', `${csvRows(30)}only one field\n${csvRows(3).slice(11)}`)
    const added = await run('datasets', 'add', path, '--name', 'bad')
    expect(added.code).toBe(0)
    const shown = await run('datasets', 'show', 'bad')
    expect(shown.result['badRows']).toMatchObject([{ file: 'bad-row.csv', row: 31 }])
  })

  it.each([
    ['file.empty', 'empty.csv', '', []],
    ['data.noRows', 'header.csv', 'text,label\n', []],
    ['data.oneClass', 'one-class.csv', 'text,label\na,x\nb,x\nc,x\nd,x\n', []],
    ['data.columnUnknown', 'column.csv', 'text,label\na,x\nb,y\n', ['--text', 'body']],
    ['data.columnUnknown', 'label.csv', 'text,label\na,x\nb,y\n', ['--label', 'class']],
  ])('refuses them with %s: %s', async (code, name, content, more) => {
    const finished = await train(await file(name, content), ...more)
    expect(errorCode(finished)).toBe(code)
    expect(finished.code).toBe(2)
    expect(message(finished)).toContain(code === 'data.columnUnknown' ? more[1] : name)
  })

  it('takes labels that look missing as classes, and says so', async () => {
    const path = await file('gaps.csv', 'text,label\na,good\nb,NA\nc,bad\nd,NA\n')
    const added = await graftbench([
      ...['--workspace', join(folder.path, 'workspace')],
      ...['datasets', 'add', path, '--name', 'gaps'],
    ])
    expect(added.code).toBe(0)
    expect(added.stdout).toMatch(/2 rows labelled "NA" in the column "label": taken as a class\./)
    const shown = await run('datasets', 'show', 'gaps')
    expect(shown.result['dataset']).toMatchObject({ labels: ['NA', 'bad', 'good'], rows: 4 })
  })

  it('refuses training rows of one class before there is a run', async () => {
    const path = await file('one-side.csv', 'text,label\na,x\nb,x\nc,x\n')
    const finished = await train(path, '--test', await file('two.csv', 'text,label\na,x\nb,y\n'))
    expect(errorCode(finished)).toBe('recipe.invalid')
    expect(finished.code).toBe(2)
    expect(message(finished)).toMatch(/"one-side" have the label "x" in the column "label"/)
    expect((await run('runs', 'list')).result['runs']).toEqual([])
    // Nor do its rows stay.
    const { datasets } = (await run('datasets', 'list')).result
    expect(datasets).not.toContainEqual(expect.objectContaining({ name: 'one-side' }))
  })

  it('refuses a file that is not there', async () => {
    const finished = await train(join(folder.path, 'nothing.csv'))
    expect(errorCode(finished)).toBe('file.notFound')
    expect(finished.code).toBe(2)
  })
})

describe('models that cannot be used', () => {
  it('refuses truncated weights', async () => {
    const model = await modelCopy('truncated')
    await truncate(join(model, 'model.safetensors'), 60_000)
    const finished = await run('models', 'add', model)
    expect(errorCode(finished)).toBe('safetensors.truncated')
    expect(finished.code).toBe(2)
  })

  it('refuses a config without model_type', async () => {
    const model = await modelCopy('untyped')
    const path = join(model, 'config.json')
    const config: unknown = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(
      path,
      JSON.stringify({ ...(isRecord(config) ? config : {}), model_type: undefined }),
    )
    const finished = await run('models', 'add', model)
    expect(errorCode(finished)).toBe('model.configInvalid')
    expect(message(finished)).toContain('model_type')
    expect(finished.code).toBe(2)
  })

  it('refuses a pickled checkpoint with the reason', async () => {
    const model = join(folder.path, 'pickled')
    await mkdir(model)
    await cp(join(tinyModel, 'config.json'), join(model, 'config.json'))
    await writeFile(join(model, 'pytorch_model.bin'), 'PK')
    const finished = await run('models', 'add', model)
    expect(errorCode(finished)).toBe('model.pickleRefused')
  })

  it('refuses a folder and a model that are not there', async () => {
    expect(errorCode(await run('models', 'add', './no-such-folder'))).toBe('file.notFound')
    const finished = await run('train', '--model', 'no-such', '--train', files.train)
    expect(errorCode(finished)).toBe('notFound')
    expect(finished.code).toBe(2)
  })
})

describe('recipes that cannot be used', () => {
  it('names an unknown field and those there are', async () => {
    const finished = await train(files.train, '--set', 'optimizer.learnRate=1')
    expect(errorCode(finished)).toBe('input.invalid')
    expect(message(finished)).toContain('optimizer.learnRate')
    expect(message(finished)).toContain('learningRate')
    expect(finished.code).toBe(2)
  })

  it('names the line of what is wrong in a file', async () => {
    const path = await file('recipe.yaml', 'model: m\ndata:\n  dataset: d\nepochs: many\n')
    const finished = await run('recipe', 'check', path)
    expect(errorCode(finished)).toBe('recipe.invalid')
    expect(message(finished)).toContain('line 4')
    expect(finished.code).toBe(2)
    const broken = await file('broken.yaml', 'model: [\n')
    expect((await run('recipe', 'check', broken)).code).toBe(2)
    expect(errorCode(await run('train', broken))).toBe('recipe.syntax')
  })
})

describe('command lines that cannot be used', () => {
  it.each([
    [['no-such-command']],
    [['train', '--no-such-flag']],
    [['train']],
    [['train', '--model', 'm', '--train', 'a.csv', '--epochs', 'many']],
    [['predict', '--input', 'a.csv', '--output', 'b.csv']],
    [['predict', '--run', '1', '--model', 'm', '--input', 'a.csv', '--output', 'b.csv']],
    [['export', '--run', '1', '--format', 'onnx', '--output', 'x']],
    [['datasets', 'show']],
  ])('end with 2: %j', async (args) => {
    const finished = await run(...args)
    expect(errorCode(finished)).toBe('input.invalid')
    expect(finished.code).toBe(2)
  })

  it('say the code to a person too', async () => {
    const finished = await graftbench(['bogus'])
    expect(finished.code).toBe(2)
    expect(finished.stderr).toMatch(/^error \[input\.invalid\]: unknown command 'bogus'/)
    expect(finished.stdout).toBe('')
  })

  it('give help and version with 0', async () => {
    expect((await graftbench(['--help'])).stdout).toContain('Usage: graftbench')
    expect((await graftbench(['train', '--help'])).stdout).toContain('--max-steps')
    expect((await graftbench(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('folders that cannot be written', () => {
  it('says which one is read-only', async (context) => {
    const place = join(folder.path, 'read-only')
    await mkdir(place)
    await chmod(place, 0o555)
    if (process.getuid?.() === 0) {
      // Root may write everywhere but on a file system that is mounted read-only.
      const mounted = await mount(place, 'ro,size=64k')
      if (!mounted) return context.skip('root cannot mount here')
    }
    const finished = await graftbench(['--workspace', join(place, 'w'), '--json', 'models', 'list'])
    await unmount(place)
    expect(errorCode(finished)).toBe('disk.readOnly')
    expect(finished.code).toBe(1)
  })

  it('says which one is full', async (context) => {
    const place = join(folder.path, 'full')
    await mkdir(place)
    if (!(await mount(place, 'size=700k'))) return context.skip('nothing can be mounted here')
    const workspace = ['--workspace', join(place, 'w'), '--json']
    const big = await file('big.csv', csvRows(40_000))
    const finished = await graftbench([...workspace, 'datasets', 'add', big])
    await unmount(place)
    expect(errorCode(finished)).toBe('disk.full')
    expect(finished.code).toBe(1)
  })
})

const execute = promisify(execFile)

/** Mounts a small file system in memory; false where that is not allowed. */
const mount = (place: string, options: string): Promise<boolean> =>
  execute('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).then(
    () => true,
    () => false,
  )

const unmount = (place: string): Promise<unknown> =>
  execute('umount', ['-l', place]).catch(() => undefined)
