import {
  recipeSchema,
  type DatasetId,
  type ModelId,
  type ProjectId,
  type Run,
  type RunId,
} from '@shared/domain'

/** A finished run, with the fields that a test cares about replaced. */
export function exampleRun(fields: Partial<Run> = {}): Run {
  return {
    id: 'run_example' as RunId,
    project: 'project_example' as ProjectId,
    number: 1,
    name: 'Example',
    note: '',
    tags: [],
    archived: false,
    recipe: recipeSchema.parse({ model: 'MiniLM', data: { dataset: 'film' } }),
    model: 'model_example' as ModelId,
    modelName: 'MiniLM',
    modelHash: 'a',
    dataset: 'dataset_example' as DatasetId,
    datasetName: 'film',
    datasetHash: 'b',
    labels: ['negative', 'positive'],
    state: { kind: 'finished' },
    progress: null,
    metrics: {},
    best: null,
    steps: 100,
    seconds: 60,
    samplesPerSecond: 50,
    peakMemoryBytes: null,
    resumable: false,
    machine: null,
    createdAt: 0,
    startedAt: 0,
    endedAt: 60_000,
    diskBytes: 0,
    ...fields,
  }
}
