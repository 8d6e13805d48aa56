import { z } from 'zod'
import type {
  Ablation,
  AblationId,
  Artifact,
  BadRow,
  Comparison,
  Confusion,
  Dataset,
  DataRow,
  DatasetStatistics,
  ExamplePrediction,
  FilePreview,
  FusionSummary,
  Job,
  JobId,
  KnowledgePack,
  LogLine,
  Machine,
  Model,
  ModelParameter,
  Prediction,
  Project,
  ProjectId,
  ProjectSummary,
  Recipe,
  Run,
  RunEstimate,
  RunId,
  RunProgress,
  Series,
  TrialSummary,
} from './domain'
import { knowledgeContract } from './contract-knowledge'
import { taskKinds } from './domain/dataset'
import { recipeSchema } from './domain/recipe'
import type { ErrorPayload } from './errors'
import {
  define,
  name,
  none,
  path,
  recipeDraft,
  reference,
  type Deletion,
  type Procedure,
} from './procedure'

export type { Deletion, Procedure } from './procedure'

const projectInput = z.strictObject({ project: reference })
const runInput = z.strictObject({ run: reference })

const columnRoles = z.strictObject({
  text: z.string().optional(),
  pair: z.string().nullable().optional(),
  label: z.string().nullable().optional(),
  cut: z.array(z.number()).max(50).optional(),
  cutNames: z.array(z.string().min(1)).max(51).optional(),
  labelSeparator: z.string().min(1).max(5).nullable().optional(),
})

const part = z.enum(['all', 'train', 'validation', 'test'])
const predictor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), run: reference }),
  z.strictObject({ kind: z.literal('model'), model: reference }),
  z.strictObject({ kind: z.literal('folder'), path }),
])
export interface SystemInfo {
  readonly version: string
  readonly workspace: string
  readonly machine: Machine
  readonly cpuFeatures: readonly string[]
  readonly freeDiskBytes: number
  readonly sqlite: string
}

export interface RecipeCheck {
  /** The whole recipe with every default filled in; null while it has errors. */
  readonly recipe: Recipe | null
  readonly yaml: string
  readonly problems: readonly {
    readonly path: string
    readonly message: string
    readonly line: number | null
  }[]
}

export interface RunDetail {
  readonly run: Run
  readonly seriesNames: readonly string[]
  readonly confusions: readonly Confusion[]
  readonly examples: readonly ExamplePrediction[]
  readonly checkpoints: readonly {
    readonly step: number
    readonly bytes: number
    readonly best: boolean
  }[]
  readonly artifacts: readonly Artifact[]
  /** What the knowledge of the run tried, chose and fitted; null without knowledge or before. */
  readonly fusion: FusionSummary | null
  /**
   * What was settled before the run's own steps, and the ways that were tried for it, if any; null:
   * there was nothing to settle, or it is not settled yet.
   */
  readonly trials: TrialSummary | null
  readonly yaml: string
  /** The command line that does the same. */
  readonly command: string
  readonly folder: string
}

export interface StarterSummary {
  readonly project: Project
  readonly model: Model
  readonly datasets: readonly Dataset[]
  readonly pack: KnowledgePack
  readonly recipe: Recipe
  readonly estimate: RunEstimate
}

export interface PredictionFile {
  readonly path: string
  readonly rows: number
  readonly badRows: readonly BadRow[]
  readonly seconds: number
}

/**
 * Every procedure of the engine, the same for the window, the browser and the command line.
 * Procedures that answer with a job return at once; its result arrives in the job.
 */
export const contract = {
  'system.info': define<SystemInfo>().of(none),

  'projects.list': define<readonly ProjectSummary[]>().of(none),
  'projects.get': define<ProjectSummary>().of(projectInput),
  'projects.create': define<Project>().of(
    z.strictObject({ name, description: z.string().max(2000).default('') }),
  ),
  'projects.update': define<Project>().of(
    z.strictObject({
      project: reference,
      name: name.optional(),
      description: z.string().max(2000).optional(),
      baseline: reference.nullable().optional(),
    }),
  ),
  'projects.delete': define<Deletion>().of(projectInput),

  'starter.create': define<Job>().of(
    z
      .strictObject({
        datasets: z
          .array(z.enum(['film', 'amazon', 'tweets']))
          .min(1)
          .default(['film', 'amazon', 'tweets']),
      })
      .prefault({}),
  ),
  /** Only the starter kit's model, for runs on other data; the job's result is the Model. */
  'starter.model': define<Job>().of(none),

  'models.list': define<readonly Model[]>().of(none),
  'models.get': define<Model>().of(z.strictObject({ model: reference })),
  'models.parameters': define<readonly ModelParameter[]>().of(
    z.strictObject({ model: reference, train: recipeSchema.shape.train }),
  ),
  'models.import': define<Job>().of(z.strictObject({ path, name: name.optional() })),
  'models.download': define<Job>().of(
    z.strictObject({
      repo: z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/, 'expected "name" or "owner/name"'),
      revision: name.default('main'),
      name: name.optional(),
    }),
  ),
  'models.delete': define<Deletion>().of(z.strictObject({ model: reference })),

  'datasets.preview': define<FilePreview>().of(
    z.strictObject({
      path,
      rows: z.int().min(1).max(1000).default(50),
      delimiter: z.string().length(1).optional(),
      header: z.boolean().optional(),
    }),
  ),
  'datasets.import': define<Job>().of(
    z.strictObject({
      name: name.optional(),
      files: z
        .array(z.strictObject({ path, part: part.default('all') }))
        .min(1)
        .max(20),
      roles: columnRoles.prefault({}),
      task: z.enum(taskKinds).optional(),
      delimiter: z.string().length(1).optional(),
      header: z.boolean().optional(),
    }),
  ),
  'datasets.list': define<readonly Dataset[]>().of(none),
  'datasets.get': define<Dataset>().of(z.strictObject({ dataset: reference })),
  'datasets.rows': define<{ readonly total: number; readonly rows: readonly DataRow[] }>().of(
    z.strictObject({
      dataset: reference,
      part: part.optional(),
      label: z.string().optional(),
      search: z.string().max(500).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(100),
    }),
  ),
  'datasets.badRows': define<readonly BadRow[]>().of(
    z.strictObject({ dataset: reference, limit: z.int().min(1).max(10000).default(1000) }),
  ),
  'datasets.statistics': define<DatasetStatistics>().of(
    z.strictObject({ dataset: reference, model: reference.optional() }),
  ),
  'datasets.rename': define<Dataset>().of(z.strictObject({ dataset: reference, name })),
  'datasets.delete': define<Deletion>().of(z.strictObject({ dataset: reference })),

  ...knowledgeContract,

  'recipes.check': define<RecipeCheck>().of(
    z.union([
      z.strictObject({ yaml: z.string().max(1_000_000) }),
      z.strictObject({ recipe: recipeDraft }),
    ]),
  ),
  'recipes.schema': define<Readonly<Record<string, unknown>>>().of(none),
  'recipes.estimate': define<RunEstimate>().of(z.strictObject({ recipe: recipeDraft })),

  'runs.create': define<Run>().of(
    z.strictObject({
      project: reference,
      recipe: recipeDraft,
      name: name.optional(),
      tags: z.array(name).max(50).default([]),
    }),
  ),
  'runs.list': define<readonly Run[]>().of(
    z
      .strictObject({ project: reference.optional(), archived: z.boolean().default(false) })
      .prefault({}),
  ),
  'runs.get': define<RunDetail>().of(runInput),
  'runs.series': define<readonly Series[]>().of(
    z.strictObject({
      run: reference,
      names: z.array(z.string().max(200)).max(100),
      fromStep: z.number().min(0).optional(),
      toStep: z.number().min(0).optional(),
      /** Most points of a series; coarser levels are used where there are more. */
      points: z.int().min(10).max(200_000).default(2000),
    }),
  ),
  'runs.log': define<readonly LogLine[]>().of(
    z.strictObject({
      run: reference,
      after: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(2000),
    }),
  ),
  'runs.pause': define<Run>().of(runInput),
  'runs.stop': define<Run>().of(runInput),
  'runs.resume': define<Run>().of(runInput),
  /** More epochs for a run that ended; continues from its last checkpoint. */
  'runs.extend': define<Run>().of(
    z.strictObject({ run: reference, epochs: z.number().positive().max(10000) }),
  ),
  'runs.update': define<Run>().of(
    z.strictObject({
      run: reference,
      name: name.optional(),
      note: z.string().max(10_000).optional(),
      tags: z.array(name).max(50).optional(),
      archived: z.boolean().optional(),
    }),
  ),
  'runs.delete': define<Deletion>().of(
    z.strictObject({ runs: z.array(reference).min(1).max(10_000) }),
  ),
  'runs.reorder': define<readonly Run[]>().of(
    z.strictObject({ runs: z.array(reference).min(1).max(10_000) }),
  ),
  'runs.compare': define<Comparison>().of(
    z.strictObject({ runs: z.array(reference).min(1).max(1000), baseline: reference.optional() }),
  ),
  'runs.errors': define<{ readonly total: number; readonly rows: readonly RowVerdict[] }>().of(
    z.strictObject({
      runs: z.array(reference).min(1).max(10),
      show: z.enum(['all', 'wrong', 'disagree']).default('all'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(100),
    }),
  ),

  'predictions.predict': define<readonly Prediction[]>().of(
    z.strictObject({
      predictor,
      inputs: z
        .array(
          z.strictObject({
            text: z.string().max(1_000_000),
            pair: z.string().max(1_000_000).nullable().default(null),
            columns: z.record(z.string(), z.string()).optional(),
          }),
        )
        .min(1)
        .max(1000),
    }),
  ),
  'predictions.file': define<Job>().of(
    z.strictObject({
      predictor,
      input: path,
      output: path,
      text: z.string().optional(),
      pair: z.string().nullable().optional(),
      overwrite: z.boolean().default(false),
    }),
  ),

  'exports.create': define<Job>().of(
    z.strictObject({
      run: reference,
      format: z.enum(['hf']),
      output: path,
      overwrite: z.boolean().default(false),
    }),
  ),
  'exports.list': define<readonly Artifact[]>().of(
    z.strictObject({ run: reference.optional() }).prefault({}),
  ),

  'jobs.list': define<readonly Job[]>().of(none),
  'jobs.get': define<Job>().of(z.strictObject({ job: z.string().min(1) })),
  'jobs.cancel': define<Job>().of(z.strictObject({ job: z.string().min(1) })),
} as const

/** A test row and what each of the runs said of it. */
export interface RowVerdict {
  readonly row: number
  readonly text: string
  readonly label: string
  readonly verdicts: readonly { readonly predicted: string; readonly probability: number }[]
}

export type Contract = typeof contract
export type ProcedureName = keyof Contract

/** What a caller passes: fields with a default may be left out. */
export type InputOf<P extends ProcedureName> = z.input<Contract[P]['input']>
/** What a handler gets: validated, defaults filled in. */
export type ParsedInputOf<P extends ProcedureName> = z.output<Contract[P]['input']>
export type ResultOf<P extends ProcedureName> =
  Contract[P] extends Procedure<z.ZodType, infer Result> ? Result : never

/** What the engine tells every front, after it was committed. */
export interface Events {
  readonly 'project.changed': { readonly project: ProjectId }
  readonly 'projects.changed': Record<string, never>
  readonly 'models.changed': Record<string, never>
  readonly 'datasets.changed': Record<string, never>
  readonly 'packs.changed': Record<string, never>
  readonly 'ablation.changed': { readonly ablation: Ablation }
  readonly 'ablation.deleted': { readonly ablations: readonly AblationId[] }
  readonly 'run.changed': { readonly run: Run }
  readonly 'run.deleted': { readonly runs: readonly RunId[] }
  readonly 'run.progress': { readonly run: RunId; readonly progress: RunProgress }
  /** New points of a run's curves, as `runs.series` would give them raw. */
  readonly 'run.metrics': {
    readonly run: RunId
    readonly seq: number
    readonly series: readonly Series[]
  }
  readonly 'run.log': { readonly run: RunId; readonly lines: readonly LogLine[] }
  readonly 'run.examples': { readonly run: RunId; readonly rows: readonly ExamplePrediction[] }
  readonly 'job.changed': { readonly job: Job }
  readonly 'engine.failed': { readonly error: ErrorPayload; readonly job: JobId | null }
}

export type EventName = keyof Events

export const procedureNames = Object.keys(contract) as readonly ProcedureName[]
