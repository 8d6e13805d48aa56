import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RecipeCheck } from '@shared/contract'
import { procedureNames } from '@shared/contract'
import { errorCodes, toErrorPayload } from '@shared/errors'
import { isAlive } from '../../../src/main/engine/process-state'
import { openEngine, openReadyEngine, noTrainers, resultOf } from './harness'

const deep = (depth: number): unknown => (depth === 0 ? 'x' : { a: deep(depth - 1) })

const hostile: readonly unknown[] = [
  undefined,
  null,
  7,
  NaN,
  'text',
  [],
  [[]],
  { __proto__: null, constructor: 1 },
  JSON.parse('{"__proto__": {"polluted": true}, "run": "1"}'),
  { run: { toString: 1 }, project: [], model: {}, dataset: null, job: 1, runs: [null], path: 3 },
  { run: "'; DROP TABLE runs; --", project: "' OR 1=1", model: '../../etc', dataset: '\0' },
  { run: 'x'.repeat(1_000_000), project: 'x'.repeat(1_000_000) },
  { runs: Array.from({ length: 20_000 }, () => '1') },
  { recipe: deep(500), project: 'p' },
  { path: '/dev/zero/none', files: [{ path: '' }], input: '', output: '' },
  { path: '\0', repo: '../../..', revision: ' ' },
]

const coded = new Set<string>(errorCodes.filter((code) => code !== 'internal'))

describe("the engine's door", () => {
  it.each(procedureNames)('%s refuses malformed input with a code', async (procedure) => {
    const { engine } = await openEngine()
    for (const input of hostile) {
      if (input === undefined && procedure.startsWith('starter.')) continue
      const answer = await engine.call(procedure, input).then(
        () => null,
        (error: unknown) => toErrorPayload(error),
      )
      if (answer !== null) expect(coded, answer.message).toContain(answer.code)
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', '', 'runs', 'runs.'])(
    'knows no procedure "%s"',
    async (procedure) => {
      const { engine } = await openEngine()
      await expect(engine.call(procedure, {})).rejects.toMatchObject({
        code: 'input.unknownProcedure',
      })
    },
  )

  it('names the field and what was expected', async () => {
    const { engine } = await openEngine()
    await expect(
      engine.call('runs.series', { run: '1', names: ['a'], points: 3 }),
    ).rejects.toMatchObject({
      code: 'input.invalid',
      message: 'runs.series: points: This must be at least 10.',
      details: { fields: [{ path: 'points', expected: 'This must be at least 10.' }] },
    })
  })

  it('lets one engine at a time into a workspace, and takes over from a dead one', async () => {
    const { folder, engine } = await openEngine()
    writeFileSync(join(folder, 'engine.lock'), '1\n')
    await expect(openEngine(noTrainers, folder)).rejects.toMatchObject({
      code: 'workspace.locked',
      details: { pid: 1 },
    })
    await engine.close()
    let dead = 4_000_000
    while (isAlive(dead)) dead -= 1
    writeFileSync(join(folder, 'engine.lock'), `${dead}\n`)
    const taken = await openEngine(noTrainers, folder)
    expect(await taken.call('projects.list', {})).toEqual([])
  })
})

describe('recipes', () => {
  it('are checked with the line of every problem', async () => {
    const { call } = await openReadyEngine(noTrainers)
    const check = (yaml: string): Promise<RecipeCheck> => call('recipes.check', { yaml })
    const good = await check('model: tiny\ndata:\n  dataset: reviews\n  maxLength: 32\n')
    expect(good.problems).toEqual([])
    expect(good.recipe).toMatchObject({ epochs: 2, batch: { size: 32 } })
    const wrong = await check(
      'model: tiny\ndata:\n  dataset: nothing\noptimizer:\n  learningRate: -1\nbatsch: 3\n',
    )
    expect(wrong.recipe).toBeNull()
    expect(wrong.problems.map(({ path, line }) => [path, line])).toEqual([
      ['optimizer.learningRate', 5],
      ['batsch', 6],
    ])
    const unknown = await check('model: tiny\ndata:\n  dataset: nothing\n  maxLength: 32\n')
    expect(unknown.problems).toMatchObject([{ path: 'data.dataset', line: 3 }])
    const broken = await check('model: [tiny\ndata: }\n')
    expect(broken.problems[0]?.line).toBeGreaterThan(0)
    expect((await check('just words')).problems).toHaveLength(1)
    const long = await check('model: tiny\ndata:\n  dataset: reviews\n  maxLength: 4000\n')
    expect(long.problems).toMatchObject([{ path: 'data.maxLength', line: 4 }])
  })

  it('are refused before there is a run where the training rows have one class or no label', async () => {
    const ready = await openReadyEngine(noTrainers)
    const { call, folder, engine } = ready
    const both = 'text,label\na,x\nb,y\nc,x\nd,y\n'
    const cases = [
      ['single', 'text,label\na,x\nb,x\nc,\n', /"single" have the label "x" in the column "label"/],
      ['bare', 'text,label\na,\nb,\nc,\n', /No training row of "bare" has a label .*"label"/],
    ] as const
    for (const [name, content, message] of cases) {
      const [train, test] = [join(folder, `${name}.csv`), join(folder, `${name}-test.csv`)]
      writeFileSync(train, content)
      writeFileSync(test, both)
      const files = [{ path: train, part: 'train' } as const, { path: test, part: 'test' } as const]
      const roles = { text: 'text', label: 'label' }
      await resultOf(ready, call('datasets.import', { name, files, roles }))
      const recipe = { model: 'tiny', data: { dataset: name, maxLength: 32 } }
      const { problems } = await call('recipes.check', { recipe })
      expect(problems).toMatchObject([
        { path: 'data.dataset', message: expect.stringMatching(message) },
      ])
      await expect(
        engine.call('runs.create', { project: ready.project.id, recipe }),
      ).rejects.toMatchObject({ code: 'recipe.invalid', message: expect.stringMatching(message) })
    }
    expect(await call('runs.list', {})).toEqual([])
  })

  it('are described by a JSON schema', async () => {
    const { call } = await openEngine()
    expect(await call('recipes.schema', {})).toMatchObject({
      type: 'object',
      required: ['model', 'data'],
      properties: { epochs: { default: 2 } },
    })
  })
})

describe('datasets and models', () => {
  it('are the same when the same files come again', async () => {
    const ready = await openReadyEngine(noTrainers)
    const again = await resultOf(
      ready,
      ready.call('datasets.import', {
        name: 'Another name',
        files: [{ path: join(ready.folder, 'reviews.csv') }],
        roles: { text: 'text', label: 'label' },
      }),
    )
    expect(again).toEqual(ready.dataset)
    const counted = await ready.call('datasets.statistics', { dataset: 'reviews', model: 'tiny' })
    expect(counted.tokensOf).toBe('tiny')
    expect(counted.tokens?.counts.reduce((sum, count) => sum + count, 0)).toBe(90)
    const parameters = await ready.call('models.parameters', {
      model: 'tiny',
      train: { lastLayers: 1 },
    })
    const trained = parameters.filter((each) => each.trained).map(({ name }) => name)
    expect(trained.length).toBeGreaterThan(0)
    expect(trained.some((name) => name.includes('layer.0.'))).toBe(false)
    expect(trained.some((name) => name.includes('embeddings'))).toBe(false)
  })

  it.each([
    ['one class only', 'text,label\na,x\nb,x\n', 'data.oneClass'],
    ['an empty file', '', 'file.empty'],
    ['only a header', 'text,label\n', 'data.noRows'],
  ])('with %s are refused by name', async (_, content, code) => {
    const opened = await openEngine()
    const file = join(opened.folder, 'bad.csv')
    writeFileSync(file, content)
    const started = opened.call('datasets.import', { files: [{ path: file }] })
    await expect(resultOf(opened, started)).rejects.toMatchObject({ code })
    expect(await opened.call('datasets.list', {})).toEqual([])
  })

  it('without model_type are refused by name', async () => {
    const opened = await openEngine()
    const folder = join(opened.folder, 'odd')
    mkdirSync(folder)
    writeFileSync(join(folder, 'config.json'), '{}')
    const started = opened.call('models.import', { path: folder })
    await expect(resultOf(opened, started)).rejects.toMatchObject({ code: 'model.configInvalid' })
    const [job] = await opened.call('jobs.list', {})
    expect(job).toMatchObject({ kind: 'model.import', state: { kind: 'failed' } })
  })
})
