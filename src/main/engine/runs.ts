import type { Run, RunId } from '@shared/domain'
import { GraftError } from '@shared/errors'
import { sha256Json } from '../platform/hash'
import {
  describeRun,
  getRun,
  insertRun,
  keepRecipe,
  listLog,
  listQueuedRuns,
  listRuns,
  listRunsOfProject,
  nextPosition,
  nextRunNumber,
  readSeries,
  setRunRecipe,
  setRunState,
  transaction,
} from '../store'
import { hasCheckpoint } from './checkpoints'
import { compareRuns } from './compare'
import type { Context } from './context'
import { rowVerdicts } from './disagreements'
import type { HandlersOf } from './handlers'
import { newRun } from './new-run'
import type { RunQueue } from './queue'
import { keepRecipeFile } from './recipe-file'
import { resolveRecipe } from './recipes'
import { requireProject, requireRun } from './references'
import { describeRunDetail } from './run-detail'
import type { RunRemover } from './run-removal'

export function runHandlers(
  context: Context,
  queue: RunQueue,
  remover: RunRemover,
): HandlersOf<'runs'> {
  const { db, events } = context
  const live = (run: Run): Run => ({ ...run, progress: queue.progressOf(run.id) })
  const again = (id: RunId): Run => live(getRun(db, id) ?? requireRun(db, id))
  const changed = (id: RunId): Run => {
    const run = again(id)
    events.publish('run.changed', { run })
    return run
  }
  return {
    'runs.create': async (input) => {
      const run = createRun(context, input)
      await keepRecipeFile(context, run)
      queue.enqueue([run.id])
      return again(run.id)
    },
    'runs.list': ({ project, archived }) => {
      const runs =
        project === undefined
          ? listRuns(db, archived)
          : listRunsOfProject(db, requireProject(db, project).id, archived)
      return runs.map(live)
    },
    'runs.get': ({ run }) => describeRunDetail(context, live(requireRun(db, run))),
    'runs.series': ({ run, names, fromStep, toStep, points }) => {
      const { id } = requireRun(db, run)
      const range = { fromStep: fromStep ?? 0, toStep: toStep ?? Infinity, points }
      return names.map((name) => readSeries(db, id, name, range)).filter((each) => each !== null)
    },
    'runs.log': ({ run, after, limit }) => listLog(db, requireRun(db, run).id, after, limit),
    'runs.pause': ({ run }) => {
      const { id } = requireRun(db, run)
      queue.stop(id, 'paused')
      return again(id)
    },
    'runs.stop': ({ run }) => {
      const { id } = requireRun(db, run)
      queue.stop(id, 'stopped')
      return again(id)
    },
    'runs.resume': ({ run: reference }) => {
      const run = requireRun(db, reference)
      requireResumable(run)
      queue.enqueue([run.id])
      return again(run.id)
    },
    'runs.extend': async ({ run: reference, epochs }) => {
      const run = requireRun(db, reference)
      requireEnded(run, 'extended')
      if (!(await hasCheckpoint(context.workspace, run))) throw noCheckpoint(run)
      const recipe = { ...run.recipe, epochs: epochsDone(context, run) + epochs, maxSteps: null }
      transaction(db, () => {
        const hash = sha256Json(recipe)
        keepRecipe(db, hash, recipe, context.now())
        setRunRecipe(db, run.id, hash)
      })
      await keepRecipeFile(context, { ...run, recipe })
      queue.enqueue([run.id])
      return again(run.id)
    },
    'runs.update': ({ run: reference, name, note, tags, archived }) => {
      const run = requireRun(db, reference)
      transaction(db, () => {
        describeRun(db, {
          id: run.id,
          name: name ?? run.name,
          note: note ?? run.note,
          tags: tags === undefined ? run.tags : [...new Set(tags)],
          archived: archived ?? run.archived,
        })
      })
      return changed(run.id)
    },
    'runs.delete': async ({ runs }) => {
      const found = new Map(runs.map((each) => requireRun(db, each)).map((run) => [run.id, run]))
      return { bytes: await remover.remove([...found.values()]) }
    },
    'runs.reorder': ({ runs }) => {
      const order = [...new Set(runs.map((each) => requireRun(db, each).id))]
      reorder(context, order)
      return listQueuedRuns(db).map((run) => changed(run.id))
    },
    'runs.compare': ({ runs, baseline }) => compareRuns(context, runs, baseline),
    'runs.errors': ({ runs, show, offset, limit }) =>
      rowVerdicts(
        context,
        runs.map((each) => requireRun(db, each)),
        { show, offset, limit },
      ),
  }
}

/** Records a run in the queue; its recipe is checked and kept in full. */
function createRun(
  context: Context,
  input: {
    readonly project: string
    readonly recipe: unknown
    readonly name?: string | undefined
    readonly tags: readonly string[]
  },
): Run {
  const { db } = context
  return transaction(db, () => {
    const project = requireProject(db, input.project)
    const resolved = resolveRecipe(db, input.recipe)
    const { recipe, model, dataset } = resolved
    const hash = sha256Json(recipe)
    keepRecipe(db, hash, recipe, context.now())
    const named = recipe.name === 'Untitled' ? `${model.name} on ${dataset.name}` : recipe.name
    const run = newRun(resolved, {
      project: project.id,
      number: nextRunNumber(db),
      name: input.name ?? named,
      tags: input.tags,
      ablation: null,
      position: nextPosition(db),
      createdAt: context.now(),
    })
    insertRun(db, run, hash)
    return run
  })
}

const resting: readonly Run['state']['kind'][] = [
  'paused',
  'interrupted',
  'stopped',
  'failed',
  'finished',
]

function requireEnded(run: Run, verb: string): void {
  if (resting.includes(run.state.kind)) return
  throw new GraftError(
    'run.stateInvalid',
    `Run #${run.number} is ${run.state.kind}; it can be ${verb} when it has ended.`,
    { run: run.id, state: run.state.kind },
  )
}

/**
 * A run that has not finished goes on from its last checkpoint; one that ended before the first
 * begins again and computes the same steps, which are recognised by their number.
 */
function requireResumable(run: Run): void {
  requireEnded(run, 'resumed')
  if (run.state.kind === 'finished') {
    throw new GraftError(
      'run.stateInvalid',
      `Run #${run.number} is finished; extend it to train more epochs.`,
      { run: run.id, state: run.state.kind },
    )
  }
}

const noCheckpoint = (run: Run): GraftError =>
  new GraftError(
    'run.noCheckpoint',
    `Run #${run.number} has no checkpoint to go on from. Resume it first, or start a new run with its recipe.`,
    { run: run.id },
  )

/** A run that was cut by maxSteps or early stopping did less than its recipe's epochs. */
function epochsDone({ db }: Context, run: Run): number {
  const range = { fromStep: 0, toStep: Infinity, points: 10 }
  const last = readSeries(db, run.id, 'train.loss', range)?.epoch.at(-1)
  return last === undefined ? run.recipe.epochs : Math.min(run.recipe.epochs, last)
}

/** The runs named come first, in that order; the rest of the queue keeps its own behind them. */
function reorder({ db }: Context, order: readonly RunId[]): void {
  transaction(db, () => {
    const queued = listQueuedRuns(db).map((run) => run.id)
    for (const id of order) {
      if (queued.includes(id)) continue
      const run = requireRun(db, id)
      throw new GraftError(
        'run.stateInvalid',
        `Run #${run.number} is ${run.state.kind}; only queued runs have an order.`,
        { run: id, state: run.state.kind },
      )
    }
    const rest = queued.filter((id) => !order.includes(id))
    ;[...order, ...rest].forEach((id, index) => {
      setRunState(db, id, { kind: 'queued', position: index + 1 })
    })
  })
}
