import type { DatasetId, ModelId, ProjectId, Run, RunId } from '@shared/domain'
import { recipeSchema } from '@shared/domain'
import type { WritableDatabase } from '../../../src/main/store'
import {
  insertDataset,
  insertModel,
  insertProject,
  insertRun,
  keepRecipe,
  nextPosition,
  nextRunNumber,
} from '../../../src/main/store'

const project = 'project_test' as ProjectId
const model = 'model_test' as ModelId
const dataset = 'dataset_test' as DatasetId

/** A queued run with the project, model and dataset that it needs. */
export function addRun(db: WritableDatabase, id = 'run_test'): RunId {
  const recipe = recipeSchema.parse({ model: 'tiny', data: { dataset: 'reviews' } })
  if (db.prepare('SELECT 1 FROM projects').get() === undefined) addSurroundings(db)
  keepRecipe(db, 'recipe', recipe, 1)
  const run: Run = {
    id: id as RunId,
    project,
    number: nextRunNumber(db),
    name: 'A run',
    note: '',
    tags: ['one', 'two'],
    archived: false,
    recipe,
    model,
    modelName: 'tiny',
    modelHash: 'm',
    dataset,
    datasetName: 'reviews',
    datasetHash: 'd',
    labels: ['negative', 'positive'],
    pack: null,
    packName: null,
    packHash: null,
    ablation: null,
    state: { kind: 'queued', position: nextPosition(db) },
    progress: null,
    metrics: {},
    best: null,
    steps: 0,
    seconds: 0,
    samplesPerSecond: null,
    peakMemoryBytes: null,
    resumable: false,
    machine: null,
    createdAt: 1,
    startedAt: null,
    endedAt: null,
    diskBytes: 0,
  }
  insertRun(db, run, 'recipe')
  return run.id
}

function addSurroundings(db: WritableDatabase): void {
  insertProject(db, { id: project, name: 'Project', description: '', createdAt: 1 })
  insertModel(db, {
    id: model,
    name: 'tiny',
    family: 'bert',
    source: { kind: 'starter' },
    licence: null,
    parameters: 10,
    hiddenSize: 2,
    layers: 1,
    vocabulary: 5,
    maxLength: 8,
    labels: [],
    hash: 'm',
    bytes: 40,
    createdAt: 1,
  })
  insertDataset(db, {
    id: dataset,
    name: 'reviews',
    task: 'single-label',
    labels: ['negative', 'positive'],
    roles: {
      text: 'text',
      pair: null,
      label: 'label',
      cut: [],
      cutNames: [],
      labelSeparator: null,
    },
    sideColumns: [],
    rows: 2,
    hash: 'd',
    files: [],
    statistics: {
      parts: [],
      characters: { edges: [0], counts: [] },
      tokens: null,
      tokensOf: null,
      duplicates: 0,
      leaked: 0,
      badRows: 0,
    },
    bytes: 1,
    source: 'test',
    licence: null,
    createdAt: 1,
  })
}
