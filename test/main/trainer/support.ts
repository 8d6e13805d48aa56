import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DataRow, TaskKind } from '../../../src/shared/domain/dataset'
import { recipeSchema, type RecipeInput } from '../../../src/shared/domain/recipe'
import type {
  RecordedEvent,
  RunEvent,
  RunManifest,
  TrainerMessage,
  TrainerOutcome,
} from '../../../src/shared/trainer'
import type { Snapshot } from '../../../src/main/data/snapshot-schema'
import { createControl, type StopRequest } from '../../../src/main/trainer/control'
import { createModel } from '../../../src/main/trainer/model'
import type { CreateTrainee } from '../../../src/main/trainer/setup'
import { trainRun } from '../../../src/main/trainer/train'
import { watched } from './watched'

export const fixture = (name: string): string =>
  resolve(import.meta.dirname, '../../fixtures/parity', name)

const good = ['good', 'fine', 'great', 'a joy', 'warm']
const bad = ['bad', 'dull', 'poor', 'a bore', 'cold']
const filler = ['the film', 'this story', 'its end', 'the cast', 'a scene', 'that song']

/** A task that can be learned: rows of unequal length that speak well or ill of something. */
export function reviewRows(count: number): DataRow[] {
  return Array.from({ length: count }, (_, id): DataRow => {
    const positive = (id * 7) % 3 !== 0
    const pick = (list: readonly string[], at: number): string => list[at % list.length] ?? ''
    const words = Array.from({ length: 1 + ((id * 5) % 7) }, (_, at) => pick(filler, id + at * 3))
    words.splice(id % (words.length + 1), 0, pick(positive ? good : bad, id * 3))
    return {
      id,
      part: 'all',
      text: words.join(' '),
      pair: null,
      label: positive ? 'positive' : 'negative',
      columns: {},
    }
  })
}

export interface MadeRun {
  readonly root: string
  readonly folder: string
}

export interface RunOptions {
  readonly rows?: readonly DataRow[]
  readonly task?: TaskKind
  readonly labels?: readonly string[]
  readonly model?: string
  readonly recipe?: Omit<Partial<RecipeInput>, 'data'> & {
    readonly data?: Partial<RecipeInput['data']>
  }
}

/** Lays out a run folder as the engine does: model, data set and cache beside it. */
export async function makeRun(options: RunOptions = {}): Promise<MadeRun> {
  const root = await mkdtemp(join(tmpdir(), 'run-'))
  cpSync(fixture(options.model ?? 'bert-classify'), join(root, 'models/m'), { recursive: true })
  mkdirSync(join(root, 'datasets/d'), { recursive: true })
  const rows = options.rows ?? reviewRows(120)
  writeFileSync(
    join(root, 'datasets/d/rows.jsonl'),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  )
  writeFileSync(join(root, 'datasets/d/dataset.json'), JSON.stringify(describe(rows, options)))
  const folder = addRun({ root, folder: '' }, 'r', options)
  return { root, folder }
}

const describe = (rows: readonly DataRow[], options: RunOptions): Snapshot => ({
  version: 1,
  hash: 'd',
  task: options.task ?? 'single-label',
  labels: [...(options.labels ?? ['negative', 'positive'])],
  roles: {
    text: 'text',
    pair: null,
    label: 'label',
    cut: [],
    cutNames: [],
    labelSeparator: null,
  },
  sideColumns: [],
  rows: rows.length,
  badRows: 0,
  files: [],
  rowsSha256: '',
})

/** Another run on the same model and data; returns its folder. */
export function addRun(made: MadeRun, name: string, options: RunOptions = {}): string {
  const folder = join(made.root, 'runs', name)
  mkdirSync(folder, { recursive: true })
  const recipe = recipeSchema.parse({
    model: 'm',
    ...options.recipe,
    data: { dataset: 'd', maxLength: 32, ...options.recipe?.data },
  })
  const manifest: RunManifest = {
    version: 1,
    runId: `run_${name}`,
    recipe,
    task: options.task ?? 'single-label',
    labels: options.labels ?? ['negative', 'positive'],
    modelFolder: '../../models/m',
    modelHash: 'm',
    datasetFolder: '../../datasets/d',
    datasetHash: 'd',
    packFolder: null,
    packHash: null,
    cacheFolder: '../../cache',
    graftbench: '0.0.0',
  }
  writeFileSync(join(folder, 'run.json'), JSON.stringify(manifest))
  return folder
}

export interface Attempt {
  readonly code: number
  readonly messages: readonly TrainerMessage[]
}

/** Runs one attempt in this process; a stop is asked for while step `stopDuring` (from 1) computes. */
export async function attempt(
  folder: string,
  options: {
    readonly createTrainee?: CreateTrainee
    readonly stopDuring?: number
    readonly stopAs?: StopRequest
  } = {},
): Promise<Attempt> {
  const control = createControl()
  const messages: TrainerMessage[] = []
  const createTrainee = atStep(options.createTrainee ?? createModel, (step) => {
    if (step === options.stopDuring) control.request(options.stopAs ?? 'paused')
  })
  const code = await trainRun(
    folder,
    (message) => messages.push(structuredClone(message)),
    control,
    createTrainee,
  )
  return { code, messages }
}

/** The same model, with `during` called in each batch of a step, counted from 1. */
export const atStep = (createTrainee: CreateTrainee, during: (step: number) => void) =>
  watched(createTrainee, ({ step }) => {
    during(step + 1)
  })

export const journalOf = (folder: string): RecordedEvent[] =>
  readFileSync(join(folder, 'events.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): RecordedEvent => JSON.parse(line))

export const eventsOf = (folder: string): RunEvent[] => journalOf(folder).map(({ event }) => event)

export const outcomesOf = (folder: string): TrainerOutcome[] =>
  eventsOf(folder).flatMap((event) => (event.type === 'ended' ? [event.outcome] : []))

/** A series as an engine would keep it: a step that is told again is ignored. */
export function seriesOf(folder: string, name: string): ReadonlyMap<number, number> {
  const points = new Map<number, number>()
  let last = 0
  for (const event of eventsOf(folder)) {
    if (event.type !== 'metrics') continue
    for (const block of event.blocks.filter(({ series }) => series === name)) {
      block.step.forEach((step, index) => {
        if (step <= last) return
        last = step
        points.set(step, block.value[index] ?? Number.NaN)
      })
    }
  }
  return points
}
