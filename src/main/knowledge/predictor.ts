import type { PackContent } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { compilePack } from './compile'
import { applyFusion } from './fusion/apply'
import type { FittedFusion } from './fusion/fitted'
import { neighbourFinder, type Neighbour } from './fusion/neighbours'
import type { KnowledgePredictor, PredictorInput } from './predictor-types'

/** Labelled rows in the model's own space. */
export interface NeighbourStore {
  /** [rows, width]: pooled vectors. */
  readonly keys: Float32Array
  readonly width: number
  readonly rows: readonly {
    readonly id: string
    readonly text: string
    readonly labels: readonly string[]
  }[]
}

/** What a predictor is made of: the files of a `knowledge` folder, read and checked. */
export interface PredictorParts {
  readonly fusion: FittedFusion
  readonly content: PackContent
  /** null: none were kept. */
  readonly neighbours: NeighbourStore | null
}

/**
 * Puts the knowledge of a run on top of a model's logits. Throws pack.invalid where the fusion has
 * neighbours that were not kept, or they have labels that it does not know.
 */
export function createPredictor({
  fusion,
  content,
  neighbours,
}: PredictorParts): KnowledgePredictor {
  const { labels } = fusion
  const pack = compilePack(content, labels, fusion.labelMap, fusion.without)
  const store = fusion.neighbours === null ? null : requireStore(neighbours)
  const labelIndices = store?.rows.map((row) => row.labels.map((name) => place(labels, name))) ?? []
  const find =
    store === null || fusion.neighbours === null
      ? null
      : neighbourFinder(store.keys, store.width, fusion.neighbours.distance)
  const near = (input: PredictorInput): readonly Neighbour[] => {
    if (store === null || find === null || fusion.neighbours === null) return []
    const query = requireEmbedding(input.embedding, store.width)
    return find(query, fusion.neighbours.k).map((found) => ({
      id: store.rows[found.row]?.id ?? '',
      text: store.rows[found.row]?.text ?? '',
      labels: labelIndices[found.row] ?? [],
      distance: found.distance,
    }))
  }
  return {
    labels,
    neighbours: store !== null,
    predict: (input) => {
      const { text, pair = null, columns = {} } = input
      // Who calls from JavaScript may leave them out.
      const { logits }: Partial<PredictorInput> = input
      if (logits?.length !== labels.length) {
        throw new GraftError(
          'input.invalid',
          `logits has ${logits?.length ?? 'no'} numbers; this model has ${labels.length} labels.`,
          { field: 'logits' },
        )
      }
      return applyFusion(fusion, pack, {
        logits: Float64Array.from(input.logits),
        evidence: pack.read({ text, pair, columns }),
        neighbours: near(input),
      })
    },
  }
}

function requireStore(store: NeighbourStore | null): NeighbourStore {
  if (store !== null && store.keys.length === store.width * store.rows.length) return store
  throw new GraftError(
    'pack.invalid',
    'fusion.json mixes in neighbours, but their vectors and rows are missing or do not fit together. Export the run anew.',
    { file: 'fusion.json', field: 'neighbours' },
  )
}

function requireEmbedding(embedding: ArrayLike<number> | undefined, width: number): Float32Array {
  if (embedding?.length === width) return Float32Array.from(embedding)
  throw new GraftError(
    'input.invalid',
    `embedding: this model's answers mix in neighbours, so its pooled vector of ${width} numbers is needed, not ${embedding?.length ?? 'none'}.`,
    { field: 'embedding' },
  )
}

function place(labels: readonly string[], name: string): number {
  const index = labels.indexOf(name)
  if (index >= 0) return index
  throw new GraftError(
    'pack.invalid',
    `A neighbour has the label "${name}", which is none of the model's: ${labels.join(', ')}.`,
    {
      label: name,
    },
  )
}
