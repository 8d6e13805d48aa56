/**
 * Label models on real votes: the starter pack's lexicon and rules mined on 256 labelled rows vote on
 * other training rows, whose labels the models are not told. Accuracy where a piece speaks, the mean
 * of five draws; appended to docs/benchmarks.md.
 */
import { expect, test } from 'vitest'
import { openTable } from '../../src/main/data/detect'
import { obtainStarter, type StarterSet } from '../../src/main/formats/starter'
import { starterPack } from '../../src/main/formats/starter-pack'
import { compilePack } from '../../src/main/knowledge/compile'
import {
  chooseLabelModel,
  fitLabelModel,
  labelModelNames,
} from '../../src/main/knowledge/label-models/choose'
import type { LintRow } from '../../src/main/knowledge/lint-rows'
import { mineRules } from '../../src/main/knowledge/mining'
import { argmax } from '../../src/main/knowledge/softmax'
import { sharedCacheFolder } from '../../src/main/platform/paths'
import { createRandom } from '../../src/main/platform/random'
import { cell, publish } from './report'

const labels = ['negative', 'positive']
const [draws, labelledRows, otherRows] = [5, 256, 3000] as const
const sets: readonly StarterSet[] = ['amazon', 'film', 'tweets']

async function fieldsOf(path: string): Promise<readonly (readonly [string, string])[]> {
  const fields: (readonly [string, string])[] = []
  for await (const record of (await openTable(path)).records())
    if (record.kind === 'row') fields.push([record.values[0] ?? '', record.values[1] ?? ''])
  return fields
}

function shuffled<T>(values: readonly T[], seed: number): readonly T[] {
  const random = createRandom(seed)
  const keys = values.map(() => random.next())
  return values
    .map((value, at) => ({ value, key: keys[at] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value)
}

interface Drawn {
  readonly rules: number
  readonly spoken: number
  /** By name of the model, and of the one that is chosen. */
  readonly accuracies: ReadonlyMap<string, number>
}

function judge(
  rows: readonly LintRow[],
  pack: ReturnType<typeof starterPack>,
  seed: number,
): Drawn {
  const mixed = shuffled(rows, seed).slice(0, labelledRows + otherRows)
  const known = mixed.slice(0, labelledRows)
  const { rules: mined } = mineRules(known, labels, {
    ...{ precision: 0.7, minimumRows: 4, limit: 30, known: pack },
  })
  const compiled = compilePack(
    { ...pack, rules: [...pack.rules, ...mined.map(({ rule }) => rule)] },
    labels,
    {},
  )
  const table = compiled.score(mixed)
  const y = Int32Array.from(mixed, ({ label }) => labels.indexOf(String(label)))
  const labelled = {
    rows: Int32Array.from(known, (_, at) => at),
    y: y.slice(0, known.length),
  }
  const asked = mixed
    .map((_, at) => at)
    .slice(labelledRows)
    .filter((at) => compiled.pieces.some((_, p) => (table.votes[at * table.pieces + p] ?? -1) >= 0))
  const accuracyOf = (probabilities: Float32Array): number =>
    asked.filter((at) => argmax(probabilities, at * labels.length, labels.length) === y[at])
      .length / asked.length
  const accuracies = new Map<string, number>()
  for (const name of labelModelNames) {
    const { probabilities } = fitLabelModel(name, table, compiled.pieces, labelled)
    accuracies.set(name, accuracyOf(probabilities))
  }
  const chosen = chooseLabelModel(table, compiled.pieces, labelled)
  accuracies.set('chosen', accuracyOf(chosen.fit.probabilities))
  return { rules: mined.length, spoken: asked.length / otherRows, accuracies }
}

test('what label models make of real votes', async () => {
  const kit = await obtainStarter(sharedCacheFolder())
  const pack = starterPack(await fieldsOf(kit.lexicon))
  const names = [...labelModelNames, 'chosen']
  const table: string[][] = []
  for (const set of sets) {
    const fields = await fieldsOf(kit.sets[set].train)
    const rows = fields.map(([text, label], id): LintRow => ({
      ...{ id, part: 'train', text, pair: null, label, columns: {} },
    }))
    const drawn = Array.from({ length: draws }, (_, seed) => judge(rows, pack, seed))
    const mean = (valueOf: (one: Drawn) => number): number =>
      drawn.reduce((sum, one) => sum + valueOf(one) / draws, 0)
    const accuracy = (name: string): number =>
      mean(({ accuracies }) => accuracies.get(name) ?? Number.NaN)
    table.push([
      ...[
        set,
        cell(mean(({ rules }) => rules) + 1, 0),
        cell(
          mean(({ spoken }) => spoken),
          2,
        ),
      ],
      ...names.map((name) => cell(accuracy(name), 3)),
    ])
    expect(accuracy('chosen')).toBeGreaterThanOrEqual(accuracy('majority'))
  }
  publish(
    'Label models on real votes',
    `The starter pack's lexicon and rules mined on ${labelledRows} labelled rows (precision 0.7 in 4 rows, at most 30) vote on ${otherRows} other training rows at most; accuracy where a piece speaks, mean of ${draws} draws. "chosen" is what \`chooseLabelModel\` takes, knowing the ${labelledRows} labels.`,
    ['set', 'pieces', 'spoken', ...names],
    table,
  )
})
