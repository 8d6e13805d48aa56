import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fusionSummarySchema } from '../../../../src/shared/domain/knowledge'
import type { DataRow, Lexicon, PackContent, RecipeInput } from '../../../../src/shared/domain'
import { writePack } from '../../../../src/main/data/pack/write-pack'
import { locate } from '../../../../src/main/trainer/fine-tuned'
import { strategySchema } from '../../../../src/main/trainer/knowledge/strategy'
import type { TrainerMessage } from '../../../../src/shared/trainer'
import { openPredictor } from '../../../../src/main/trainer/predictor'
import {
  addRun,
  attempt,
  eventsOf,
  makeRun,
  outcomesOf,
  reviewRows,
  type MadeRun,
  type RunOptions,
} from '../support'
import { emptyPack, wordRule } from './term-runs'

const lexicon: Lexicon = {
  ...{ id: 'tone', file: 'lexicons/tone.csv', match: 'word', caseSensitive: false },
  valence: { above: 'positive', below: 'negative' },
  ...{ negation: null, intensifiers: null, contrast: null },
  entries: [
    ...['good', 'fine', 'great', 'warm'].map((term) => ({ term, label: null, weight: 3 })),
    ...['bad', 'dull', 'poor', 'cold'].map((term) => ({ term, label: null, weight: -3 })),
  ],
}

const pack: PackContent = { ...emptyPack, labels: ['negative', 'positive'], lexicons: [lexicon] }

const roots: string[] = []

async function runWith(
  content: PackContent,
  recipe: NonNullable<RunOptions['recipe']>,
  rows: readonly DataRow[] = reviewRows(160),
): Promise<MadeRun> {
  const run = await makeRun({ rows, recipe })
  roots.push(run.root)
  await writePack(content, join(run.root, 'packs/p'))
  namePack(run.folder)
  return run
}

/** A run has the pack that was written. */
function namePack(folder: string): void {
  const path = join(folder, 'run.json')
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const packed = { packFolder: '../../packs/p', packHash: 'p' }
  writeFileSync(path, JSON.stringify(Object.assign({}, manifest, packed)))
}

const strategyOf = (folder: string) =>
  strategySchema.parse(JSON.parse(readFileSync(join(folder, 'strategy.json'), 'utf8')))

const recipe = (
  knowledge: object,
  more: NonNullable<RunOptions['recipe']> = {},
): NonNullable<RunOptions['recipe']> => ({
  ...{ train: 'auto', precision: 'float32', batch: { size: 8 } },
  data: { validation: 0, test: 0.4, trainRows: 24 },
  knowledge: { pack: 'p', ...knowledge },
  ...more,
})

const finishedMetrics = (folder: string): Readonly<Record<string, number>> => {
  const [outcome] = outcomesOf(folder)
  if (outcome?.kind !== 'finished') throw new Error(JSON.stringify(outcome))
  return outcome.summary.metrics
}

const summaryOf = (folder: string) =>
  fusionSummarySchema.parse(JSON.parse(readFileSync(join(folder, 'fusion.json'), 'utf8')))

/** How much of its trials a run said to have done, again and again, where it knew how much there is. */
const sharesOfTrials = (messages: readonly TrainerMessage[]): readonly number[] =>
  messages.flatMap((message) => {
    if (message.type !== 'progress' || message.progress.phase !== 'settling') return []
    const { step, totalSteps } = message.progress
    return totalSteps === 0 ? [] : [step / totalSteps]
  })

afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
})

describe('a run that chooses for itself how to fuse its pack', { timeout: 240_000 }, () => {
  it('tries what the pack teaches against the model alone, says what it chose and why', async () => {
    const { folder } = await runWith(pack, recipe({}))
    expect((await attempt(folder)).code).toBe(0)
    const summary = summaryOf(folder)
    expect(summary.candidates.filter(({ chosen }) => chosen).length).toBeGreaterThan(0)
    const heads = summary.candidates.map(({ name }) => name).slice(0, 5)
    expect(heads).toEqual([
      'head: pre-trained',
      'head: words',
      'head: words, half way',
      'head: words and weak labels',
      'head: words and weak labels, half way',
    ])
    expect(summary.reason).not.toBe('')
    expect(summary.unlabelledRows).toBe(72)
    const metrics = finishedMetrics(folder)
    expect(metrics['test.accuracy']).toBeGreaterThan(0.8)
    expect(metrics['test.alone.accuracy']).toBeDefined()
  })

  it('answers with its provenance afterwards as it did in its own test', async () => {
    const { folder } = await runWith(pack, recipe({}))
    await attempt(folder)
    const predictor = await openPredictor(await locate({ kind: 'run', runFolder: folder }))
    try {
      const rows = readFileSync(join(folder, 'predictions/test.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line): { row: number; predicted: string; logits: number[] } => JSON.parse(line))
      const texts = reviewRows(160)
      const answers = await predictor.predict(
        rows.map(({ row }) => ({ text: texts[row]?.text ?? '', pair: null })),
      )
      answers.forEach((answer, index) => {
        const recorded = rows[index]
        answer.probabilities.forEach((probability, k) => {
          expect(Math.log(probability)).toBeCloseTo(recorded?.logits[k] ?? 0, 3)
        })
        expect(answer.provenance).not.toBeNull()
        // Without its steps, the answer is the model's own.
        const last = answer.provenance?.steps.at(-1)?.probabilities
        expect(last ?? answer.provenance?.model.probabilities).toEqual(answer.probabilities)
      })
    } finally {
      predictor.dispose()
    }
  })

  it('does not learn from a pack that is right no more often than chance', async () => {
    const inverted = { ...lexicon, valence: { above: 'negative', below: 'positive' } }
    const { folder } = await runWith({ ...pack, lexicons: [inverted] }, recipe({}))
    await attempt(folder)
    const { candidates, training } = summaryOf(folder)
    expect(training).toEqual([])
    expect(candidates.filter(({ name }) => name.startsWith('head:'))).toHaveLength(1)
    const told = eventsOf(folder).flatMap((event) => (event.type === 'log' ? [event.line] : []))
    expect(told.some(({ message }) => message.includes('no more than chance'))).toBe(true)
  })

  it('leaves no weights behind where the recipe wants only results', async () => {
    const { folder } = await runWith(pack, recipe({}, { checkpoint: { keep: 'none' } }))
    await attempt(folder)
    expect(finishedMetrics(folder)['test.accuracy']).toBeGreaterThan(0.5)
    expect(existsSync(join(folder, 'checkpoints/best'))).toBe(false)
    expect(existsSync(join(folder, 'checkpoints/last'))).toBe(false)
  })

  it('does not choose again when it goes on from a checkpoint', async () => {
    const knowledge = recipe({}, { train: 'all', checkpoint: { everySteps: 1 } })
    const { folder } = await runWith(pack, knowledge)
    await attempt(folder, { stopDuring: 5 })
    const before = readFileSync(join(folder, 'strategy.json'), 'utf8')
    await attempt(folder)
    expect(readFileSync(join(folder, 'strategy.json'), 'utf8')).toBe(before)
    expect(outcomesOf(folder).map(({ kind }) => kind)).toEqual(['paused', 'finished'])
  })

  it('tries to learn its own answers for rows without labels, where there are enough of these', async () => {
    const contrast = { words: ['the film'], before: 1, after: 1 }
    const contrasting = { ...pack, lexicons: [{ ...lexicon, contrast }] }
    const more = { maxSteps: 30, data: { validation: 0, test: 0.4, trainRows: 32 } }
    const run = await runWith(contrasting, recipe({}, more), reviewRows(400))
    const { folder } = run
    const { code, messages } = await attempt(folder)
    expect(code).toBe(0)
    const shares = sharesOfTrials(messages)
    expect(shares).toEqual(shares.toSorted((one, other) => one - other))
    expect(shares.some((share) => share > 0.1)).toBe(true)
    const summary = summaryOf(folder)
    expect(summary.unlabelledRows).toBe(208)
    const tried = summary.candidates.find(({ name }) => name === 'trial: self-trained')
    expect(tried?.description).toContain('answers for 208 rows without labels')
    const strategy = strategyOf(folder)
    // What was chosen is what was done.
    expect(strategy.combined.at(-1)?.unlabelled).toBe(tried?.chosen === true ? 208 : undefined)
    const logs = JSON.stringify(eventsOf(folder))
    expect(logs).toMatch(/joined with what words alone say: these explain \d+% of them/)
    expect(logs).toMatch(/In \d+ rows what stands behind a contrasting word counts as well/)
    expect(finishedMetrics(folder)['test.accuracy']).toBeGreaterThan(0.8)

    // One that predicts without the pack learns the same, from lessons that are in the cache now.
    const silent = addRun(run, 's', { recipe: recipe({ prediction: 'none' }, more) })
    namePack(silent)
    expect((await attempt(silent)).code).toBe(0)
    expect([strategy.reusedSteps, strategyOf(silent).reusedSteps > 0]).toEqual([0, true])
    expect(finishedMetrics(silent)['test.loss']).toBe(finishedMetrics(folder)['test.alone.loss'])
  })
})

describe('a run that chooses for itself without a pack', { timeout: 240_000 }, () => {
  it('learns from rows that have no label, and says which trainings its weights are of', async () => {
    // Labels that no text tells: no head is better than a training.
    const label = (at: number): string | null =>
      at % 4 === 0 ? (at % 8 === 0 ? 'positive' : 'negative') : null
    const rows = reviewRows(700).map((row, at) => ({ ...row, label: label(at) }))
    const data = { validation: 0, test: 0.05 }
    const own = { train: 'auto', precision: 'float32', maxSteps: 10, data } as const
    const run = await makeRun({ rows, recipe: own })
    roots.push(run.root)
    expect((await attempt(run.folder)).code).toBe(0)
    const strategy = strategyOf(run.folder)
    expect(strategy).toMatchObject({ steps: 0, combined: [{ unlabelled: 0 }, { unlabelled: 525 }] })
    expect(strategy.candidates.at(-1)).toMatchObject({ name: 'trial: self-trained', chosen: true })
    expect(strategy.reason).toContain('answers for 525 rows without labels is learned')
    expect(JSON.stringify(eventsOf(run.folder))).toMatch(
      /With all labelled rows: Self-training from .* 525 unlabelled rows/,
    )
    const alone = finishedMetrics(run.folder)
    expect(alone['test.loss']).toBeGreaterThan(0)

    // One that has a pack at prediction alone trains the same.
    const knowledge = { pack: 'p', training: 'none' } as const
    const folder = addRun(run, 's', { recipe: { ...own, knowledge } })
    await writePack(pack, join(run.root, 'packs/p'))
    namePack(folder)
    expect((await attempt(folder)).code).toBe(0)
    const { reusedSteps } = strategyOf(folder)
    expect([strategy.reusedSteps, reusedSteps > 0]).toEqual([0, true])
    expect(JSON.stringify(eventsOf(folder))).not.toContain('Self-training from')
    const both = finishedMetrics(folder)
    expect(both['test.alone.loss']).toBe(alone['test.loss'])
  })
})

describe('methods that a recipe names', { timeout: 240_000 }, () => {
  it('take their part where the rest is chosen automatically', async () => {
    const { folder } = await runWith(
      pack,
      recipe({
        training: [
          { use: 'words', maxSteps: 5 },
          { use: 'weak', maxSteps: 20, learningRate: 1e-3 },
          { use: 'distill' },
        ],
        prediction: 'none',
      }),
    )
    expect((await attempt(folder)).code).toBe(0)
    const strategy: unknown = JSON.parse(readFileSync(join(folder, 'strategy.json'), 'utf8'))
    expect(strategy).toMatchObject({
      training: [{ use: 'words' }, { use: 'weak' }, { use: 'distill' }],
      candidates: [
        { name: 'head: words and weak labels' },
        { name: 'trial: words and weak labels, all parameters', chosen: true },
        { name: 'trial: words and weak labels, head', chosen: false },
      ],
    })
    // Distillation acts in steps: there have to be some.
    expect(strategy).toHaveProperty('steps')
    expect(Object(strategy).steps).toBeGreaterThan(0)
    const logs = eventsOf(folder).filter(({ type }) => type === 'log')
    expect(JSON.stringify(logs)).toMatch(
      /Lesson of the pack: 5 steps on \d+ short texts of its words/,
    )
    expect(JSON.stringify(logs)).toMatch(/Lesson of the pack: 20 steps on \d+ rows that it labels/)
    expect(strategy).toHaveProperty(
      'reason',
      expect.stringMatching(
        /^Lesson of the pack: 5 steps .* Lesson of the pack: 20 steps on \d+ rows/,
      ),
    )
  })

  it('learn words before scores join the rows, and say where words tell nothing', async () => {
    const training = [{ use: 'words', maxSteps: 3 }, { use: 'features' }] as const
    const more = { train: 'all', maxSteps: 3, head: { pooling: 'mean' } } as const
    const { folder } = await runWith(pack, recipe({ training: [...training] }, more))
    expect((await attempt(folder)).code).toBe(0)
    expect(outcomesOf(folder).map(({ kind }) => kind)).toEqual(['finished'])
    const patterns: Lexicon = { ...lexicon, match: 'regex' }
    const silent = await runWith(
      { ...pack, lexicons: [patterns] },
      recipe({ training: [{ use: 'words' }], prediction: 'none' }, more),
    )
    expect((await attempt(silent.folder)).code).toBe(0)
    const warnings = eventsOf(silent.folder).filter(
      (event) => event.type === 'log' && event.line.level === 'warning',
    )
    expect(JSON.stringify(warnings)).toMatch(/words are not learned: .* make 0 texts/)
    const settled = strategySchema.parse(
      JSON.parse(readFileSync(join(silent.folder, 'strategy.json'), 'utf8')),
    )
    expect(settled.reason).toMatch(/^The methods of the recipe\. .*words are not learned/)
  })

  it('tell words of the pack that no training row has: words first', async () => {
    const told = {
      positive: ['good', 'great', 'warm', 'fine'],
      negative: ['bad', 'poor', 'cold', 'dull'],
    }
    const rows = Array.from({ length: 124 }, (_, id): DataRow => {
      const [part, label] = [
        id < 24 ? 'train' : 'test',
        id % 2 === 0 ? 'positive' : 'negative',
      ] as const
      const word = told[label][part === 'train' ? 0 : 1 + ((id >> 1) % 3)] ?? ''
      return { id, part, label, text: `the film is ${word}`, pair: null, columns: {} }
    })
    const accuracy = async (training: NonNullable<RecipeInput['knowledge']>['training']) => {
      const { folder } = await runWith(
        pack,
        recipe(
          { training, prediction: 'none' },
          { train: 'all', data: { validation: 0 }, epochs: 4, head: { pooling: 'mean' } },
        ),
        rows,
      )
      await attempt(folder)
      return finishedMetrics(folder)['test.accuracy'] ?? 0
    }
    const words = { use: 'words', maxSteps: 60, learningRate: 1e-3 } as const
    expect(await accuracy('none')).toBeLessThan(0.85)
    expect(await accuracy([words])).toBeGreaterThan(0.9)
  })

  it('are refused where a piece is to be left out that is not there', async () => {
    const { folder } = await runWith(pack, recipe({ without: ['lexicon:tones'] }))
    await attempt(folder)
    expect(JSON.stringify(outcomesOf(folder))).toMatch(/no piece \\"lexicon:tones\\"/)
  })

  it('give weak labels first and fit the weights at prediction on held-out rows', async () => {
    const { folder } = await runWith(
      { ...pack, rules: [wordRule('joy', 'positive')] },
      recipe(
        {
          training: [{ use: 'weak', maxSteps: 20, learningRate: 1e-3 }],
          prediction: [
            { use: 'posterior' },
            { use: 'neighbours', k: 3 },
            { use: 'calibration' },
            { use: 'conformal', coverage: 0.8 },
          ],
        },
        { train: 'all', epochs: 3, head: { pooling: 'mean' }, optimizer: { learningRate: 1e-3 } },
      ),
    )
    expect((await attempt(folder)).code).toBe(0)
    const summary = summaryOf(folder)
    expect(summary.training).toEqual(['weak'])
    expect(summary.weights.map(({ piece }) => piece)).toEqual(['lexicon:tone', 'rule:joy'])
    expect(existsSync(join(folder, 'checkpoints/best/knowledge/fusion.json'))).toBe(true)
    for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true })
  })
})
