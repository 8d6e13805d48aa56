import {
  recipeSchema,
  type Dataset,
  type DatasetId,
  type Model,
  type ModelId,
  type Recipe,
  type RecipeInput,
  type RunEstimate,
} from '@shared/domain'

export const exampleModel = (fields: Partial<Model> = {}): Model => ({
  id: 'model_example' as ModelId,
  name: 'MiniLM',
  family: 'bert',
  source: { kind: 'starter' },
  licence: null,
  parameters: 22_700_000,
  hiddenSize: 384,
  layers: 6,
  vocabulary: 30_522,
  maxLength: 512,
  labels: [],
  hash: 'a',
  bytes: 90_000_000,
  createdAt: 0,
  ...fields,
})

/** A dataset of two classes with as many training rows as named. */
export const exampleDataset = (
  rows: Readonly<Record<string, number>> = { negative: 500, positive: 500 },
  fields: Partial<Dataset> = {},
): Dataset => ({
  id: 'dataset_example' as DatasetId,
  name: 'film',
  task: 'single-label',
  labels: Object.keys(rows),
  roles: { text: 'text', pair: null, label: 'label', cut: [], cutNames: [], labelSeparator: null },
  sideColumns: [],
  rows: Object.values(rows).reduce((sum, count) => sum + count, 0),
  hash: 'b',
  files: [],
  statistics: {
    parts: [{ part: 'all', rows: 1000, labels: rows }],
    characters: { edges: [0], counts: [] },
    tokens: null,
    tokensOf: null,
    duplicates: 0,
    leaked: 0,
    badRows: 0,
  },
  bytes: 1,
  source: 'film.csv',
  licence: null,
  createdAt: 0,
  ...fields,
})

export const exampleRecipe = (fields: Partial<RecipeInput> = {}): Recipe =>
  recipeSchema.parse({ model: 'MiniLM', data: { dataset: 'film' }, ...fields })

export const exampleEstimate = (fields: Partial<RunEstimate> = {}): RunEstimate => ({
  trainRows: 800,
  validationRows: 100,
  testRows: 100,
  stepsPerEpoch: 25,
  totalSteps: 50,
  tokensPerStep: 900,
  seconds: 60,
  basis: 'assumed',
  memoryBytes: 1e9,
  trainableParameters: 22_700_000,
  trials: false,
  ...fields,
})
