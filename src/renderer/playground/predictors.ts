import {
  hasWeights,
  type Dataset,
  type Model,
  type PackId,
  type PredictorRef,
  type Run,
} from '@shared/domain'

/** Something that answers: a run with a checkpoint, or a fine-tuned model of the library. */
export interface Predictor {
  /** `run:<id>` or `model:<id>`. */
  readonly key: string
  readonly reference: PredictorRef
  readonly name: string
  /** Number of the run, for its colour; null for models. */
  readonly number: number | null
  readonly labels: readonly string[]
  /** Whether it was trained on pairs of texts. */
  readonly pairs: boolean
  /** The knowledge it answers with; null: none. */
  readonly pack: PackId | null
}

const answering: readonly Run['state']['kind'][] = ['finished', 'paused', 'stopped', 'interrupted']

/** Runs of an ablation leave results, not weights. */
const keepsWeights = ({ recipe }: Run): boolean => recipe.checkpoint.keep !== 'none'

/** All that can answer: runs with a checkpoint, the newest first, then models with labels. */
export function predictorsOf(
  runs: readonly Run[],
  models: readonly Model[],
  datasets: readonly Dataset[],
): readonly Predictor[] {
  const paired = new Set(
    datasets.filter((dataset) => dataset.roles.pair !== null).map((dataset) => dataset.id),
  )
  return [
    ...[...runs]
      .filter((run) => hasWeights(run) && answering.includes(run.state.kind) && keepsWeights(run))
      .sort((a, b) => b.number - a.number)
      .map((run) => ({
        key: `run:${run.id}`,
        reference: { kind: 'run', run: run.id } as const,
        name: `${run.number} ${run.name}`,
        number: run.number,
        labels: run.labels,
        pairs: paired.has(run.dataset),
        pack: run.pack,
      })),
    ...models
      .filter((model) => model.labels.length > 0)
      .map((model) => ({
        key: `model:${model.id}`,
        reference: { kind: 'model', model: model.id } as const,
        name: model.name,
        number: null,
        labels: model.labels,
        pairs: false,
        pack: null,
      })),
  ]
}

/** The predictors that an address names, at most two; the newest where it names none. */
export function chosenPredictors(
  all: readonly Predictor[],
  runs: readonly string[],
): readonly Predictor[] {
  const named = runs.flatMap((run) => all.find((each) => isNamed(each, run)) ?? [])
  return named.length > 0 ? named.slice(0, 2) : all.slice(0, 1)
}

const isNamed = ({ reference, key }: Predictor, name: string): boolean =>
  key === name || (reference.kind === 'run' && reference.run === name)

/** How the address names a predictor. */
export const addressOf = ({ reference, key }: Predictor): string =>
  reference.kind === 'run' ? reference.run : key
