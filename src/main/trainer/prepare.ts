import { GraftError } from '@shared/errors'
import type { DataRow } from '@shared/domain/dataset'
import type { RunManifest } from '@shared/trainer'
import { loadSnapshotRows, readSnapshot } from '../data/snapshot-reader'
import { splitRows, type Split } from '../data/splits'
import { tokenizeRows } from '../data/tokenize'
import type { TokenizedRows } from '../data/tokenized'
import { loadTokenizer, type TextTokenizer } from '../data/tokenizer'
import type { RunFolder } from './manifest'
import { balancedWeights, encodeTargets, gatherTargets, type TargetTable } from './targets'

/**
 * The rows of a run as numbers. Rows are named by their position in `rows`; those without a label
 * are among them only where the run may learn from them: with knowledge, or by a choice of its own.
 */
export interface Prepared {
  readonly rows: readonly DataRow[]
  readonly parts: Split
  readonly tokenizer: TextTokenizer
  readonly tokens: TokenizedRows
  readonly targets: TargetTable
  /** Weight of each class in the loss; null: all alike. */
  readonly classWeights: Float32Array | null
}

/**
 * Reads the rows, splits them by the data seed, encodes labels and tokenises (cached). Throws
 * data.noRows, data.oneClass, data.labelUnknown, data.labelMissing, data.splitImpossible and the
 * codes of the tokeniser.
 */
export async function prepare(
  folder: RunFolder,
  onProgress: (done: number, total: number) => void,
): Promise<Prepared> {
  const { manifest } = folder
  const { recipe } = manifest
  checkLoss(manifest)
  const snapshot = await readSnapshot(folder.datasetFolder)
  const all = await loadSnapshotRows(folder.datasetFolder, snapshot)
  const learnsFromAll = recipe.knowledge !== null || recipe.train === 'auto'
  const rows = learnsFromAll ? all : all.filter((row) => row.label !== null)
  const parts = splitRows(rows, {
    validation: recipe.data.validation,
    test: recipe.data.test,
    trainRows: recipe.data.trainRows,
    seed: recipe.seeds.data,
  })
  const targets = encodeTargets(rows, manifest.task, manifest.labels)
  checkTraining(manifest, snapshot.roles.label, targets, parts)
  const tokenizer = await loadTokenizer(folder.modelFolder)
  const tokens = await tokenizeRows(tokenizer, rows, {
    maxLength: Math.min(recipe.data.maxLength, tokenizer.maxLength ?? recipe.data.maxLength),
    cacheFolder: folder.cacheFolder,
    onProgress,
  })
  return {
    rows,
    parts,
    tokenizer,
    tokens,
    targets,
    classWeights: classWeights(manifest, targets, parts),
  }
}

/** The loss that belongs to each task; `auto` is always that one. */
const lossOfTask = {
  'single-label': 'cross-entropy',
  'multi-label': 'binary-cross-entropy',
  regression: 'mean-squared-error',
} as const

function checkLoss({ recipe, task }: RunManifest): void {
  const fitting = lossOfTask[task]
  if (recipe.loss.name === 'auto' || recipe.loss.name === fitting) return
  throw new GraftError(
    'recipe.invalid',
    `loss.name: ${recipe.loss.name} does not fit ${task} labels; choose ${fitting} or auto.`,
    { path: 'loss.name' },
  )
}

/** A run whose training rows all say the same learns nothing. */
function checkTraining(
  manifest: RunManifest,
  column: string | null,
  targets: TargetTable,
  parts: Split,
): void {
  if (targets.kind !== 'classes') return
  const classes = new Set(gatherTargets(targets, parts.train).values)
  if (classes.size > 1) return
  const only = manifest.labels[classes.values().next().value ?? 0] ?? ''
  throw new GraftError(
    'data.oneClass',
    `All ${parts.train.length} training rows of "${manifest.recipe.data.dataset}" have the label "${only}" in the column "${column ?? ''}". At least two classes are needed: check the label column and data.trainRows.`,
    { dataset: manifest.recipe.data.dataset, column, label: only },
  )
}

function classWeights(
  manifest: RunManifest,
  targets: TargetTable,
  parts: Split,
): Float32Array | null {
  if (manifest.recipe.loss.classWeights === 'none') return null
  const training = gatherTargets(targets, parts.train)
  if (training.kind !== 'classes') {
    throw new GraftError(
      'recipe.invalid',
      `loss.classWeights: balanced weights are for single-label classification, this run is ${manifest.task}.`,
      { path: 'loss.classWeights' },
    )
  }
  return balancedWeights(training.values, manifest.labels.length)
}
