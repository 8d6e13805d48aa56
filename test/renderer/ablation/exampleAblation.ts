import {
  recipeSchema,
  type Ablation,
  type AblationCell,
  type AblationDetail,
  type AblationId,
  type AblationResult,
  type DatasetId,
  type ProjectId,
  type RunId,
} from '@shared/domain'

export const exampleAblation = (fields: Partial<Ablation> = {}): Ablation => ({
  id: 'ablation_example' as AblationId,
  number: 3,
  name: 'valence, film',
  project: 'project_example' as ProjectId,
  dataset: 'dataset_example' as DatasetId,
  datasetName: 'film',
  packName: 'valence',
  packHash: '0123456789abcdef',
  recipe: recipeSchema.parse({
    model: 'MiniLM',
    data: { dataset: 'film' },
    knowledge: { pack: 'valence@1' },
  }),
  labels: [16, 64, 256],
  arms: ['none', 'training', 'both'],
  seeds: 2,
  leaveOneOut: false,
  metric: 'test.accuracy',
  state: 'finished',
  done: 18,
  total: 18,
  createdAt: 0,
  endedAt: 86_400_000,
  ...fields,
})

export const exampleCell = (fields: Partial<AblationCell> = {}): AblationCell => ({
  arm: 'none',
  labels: 16,
  seed: 0,
  run: 'run_example' as RunId,
  state: 'finished',
  value: 0.7,
  ...fields,
})

const means: Readonly<Record<string, readonly number[]>> = {
  none: [0.66, 0.74, 0.8],
  training: [0.72, 0.76, 0.81],
  both: [0.76, 0.78, 0.82],
}

/** Means of three arms at 16, 64 and 256 labels, each ± 0.02; `none` catches `both` at 91 labels. */
export const exampleResult: AblationResult = {
  table: Object.entries(means).flatMap(([arm, values]) =>
    values.map((mean, index) => ({
      labels: [16, 64, 256][index] ?? null,
      arm,
      metric: 'test.accuracy',
      mean,
      low: mean - 0.02,
      high: mean + 0.02,
      seeds: 2,
    })),
  ),
  tests: ['training', 'both'].map((arm) => ({
    labels: 16,
    arm,
    against: 'none',
    metric: 'test.accuracy',
    difference: (means[arm]?.[0] ?? 0) - 0.66,
    low: 0.04,
    high: 0.12,
    p: 0.0004,
    seeds: 2,
  })),
  efficiency: [
    { arm: 'training', labels: 16, needed: 48, ratio: 3 },
    { arm: 'both', labels: 16, needed: 91, ratio: 5.7 },
    { arm: 'both', labels: 64, needed: 160, ratio: 2.5 },
    { arm: 'both', labels: 256, needed: null, ratio: null },
  ],
}

export const exampleDetail = (fields: Partial<AblationDetail> = {}): AblationDetail => ({
  ablation: exampleAblation(),
  cells: [],
  result: exampleResult,
  ...fields,
})
