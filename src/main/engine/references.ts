import type { Ablation, Dataset, KnowledgePack, Model, Run } from '@shared/domain'
import { GraftError } from '@shared/errors'
import {
  findAblations,
  findDataset,
  findModel,
  findPack,
  findProject,
  findRuns,
  type ReadableDatabase,
  type StoredProject,
} from '../store'

const notFound = (what: string, reference: string, remedy: string): GraftError =>
  new GraftError('notFound', `There is no ${what} "${reference}". ${remedy}`, { what, reference })

/** The project of an id or name; throws notFound. */
export function requireProject(db: ReadableDatabase, reference: string): StoredProject {
  const found = findProject(db, reference)
  if (found === null) throw notFound('project', reference, 'See the list of projects.')
  return found
}

/** The model of an id, content hash or name; throws notFound. */
export function requireModel(db: ReadableDatabase, reference: string): Model {
  const found = findModel(db, reference)
  if (found === null) throw notFound('model', reference, 'Add it first, or see the list of models.')
  return found
}

/** The dataset of an id, content hash or name; throws notFound. */
export function requireDataset(db: ReadableDatabase, reference: string): Dataset {
  const found = findDataset(db, reference)
  if (found === null) {
    throw notFound('dataset', reference, 'Add it first, or see the list of datasets.')
  }
  return found
}

/** The pack of an id, content hash, name@version or name (then the newest); throws notFound. */
export function requirePack(db: ReadableDatabase, reference: string): KnowledgePack {
  const found = findPack(db, reference)
  if (found === null) throw notFound('pack', reference, 'Add it first, or see the list of packs.')
  return found
}

/** The run of an id, number or unique name; throws notFound, or conflict when a name is not unique. */
export function requireRun(db: ReadableDatabase, reference: string): Run {
  const found = findRuns(db, reference)
  const [run] = found
  if (run === undefined) throw notFound('run', reference, 'See the list of runs.')
  if (found.length > 1) {
    const numbers = found.map((each) => `#${each.number}`).join(', ')
    throw new GraftError(
      'conflict',
      `Several runs are named "${reference}": ${numbers}. Use the number.`,
      { reference, runs: found.map((each) => each.id) },
    )
  }
  return run
}

/** The ablation of an id, number or unique name; throws notFound, or conflict. */
export function requireAblation(db: ReadableDatabase, reference: string): Ablation {
  const found = findAblations(db, reference)
  const [ablation] = found
  if (ablation === undefined) {
    throw notFound('ablation', reference, 'See the list of ablations.')
  }
  if (found.length > 1) {
    const numbers = found.map((each) => `#${each.number}`).join(', ')
    throw new GraftError(
      'conflict',
      `Several ablations are named "${reference}": ${numbers}. Use the number.`,
      { reference, ablations: found.map((each) => each.id) },
    )
  }
  return ablation
}
