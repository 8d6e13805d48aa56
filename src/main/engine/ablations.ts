import type { Ablation, AblationId } from '@shared/domain'
import { listAblations, listAblationsOfProject } from '../store'
import {
  continueAblations,
  removeAblations,
  resumeAblation,
  stopAblation,
} from './ablation-control'
import { createAblation } from './ablation-create'
import { createAblationDetails } from './ablation-detail'
import { extendAblation } from './ablation-extend'
import { createOutcomeMemory } from './ablation-rows'
import { watchAblations } from './ablation-watch'
import type { Context } from './context'
import type { HandlersOf } from './handlers'
import type { RunQueue } from './queue'
import { requireAblation, requireProject } from './references'
import type { RunRemover } from './run-removal'

export interface Ablations {
  readonly handlers: HandlersOf<'ablations'>
  /** Goes on with what an engine that ended left behind; call it when runs are recovered. */
  recover(): void
  close(): void
}

export function createAblations(context: Context, queue: RunQueue, remover: RunRemover): Ablations {
  const { db, events } = context
  const watch = watchAblations(context)
  const details = createAblationDetails(context, createOutcomeMemory(context))
  const again = (id: AblationId): Ablation => watch.tell(id) ?? requireAblation(db, id)
  return {
    handlers: {
      'ablations.create': async (input) => {
        const { id, runs } = await createAblation(context, input)
        for (const run of runs) events.publish('run.changed', { run })
        queue.advance()
        return again(id)
      },
      'ablations.list': ({ project }) =>
        project === undefined
          ? listAblations(db)
          : listAblationsOfProject(db, requireProject(db, project).id),
      'ablations.get': ({ ablation }) => details.of(requireAblation(db, ablation)),
      'ablations.stop': ({ ablation: reference }) => {
        const ablation = requireAblation(db, reference)
        stopAblation(context, queue, ablation)
        return again(ablation.id)
      },
      'ablations.resume': ({ ablation: reference }) => {
        const ablation = requireAblation(db, reference)
        resumeAblation(context, queue, ablation)
        return again(ablation.id)
      },
      'ablations.extend': async ({ ablation: reference, seeds }) => {
        const ablation = requireAblation(db, reference)
        const runs = await extendAblation(context, queue, ablation, seeds)
        for (const run of runs) events.publish('run.changed', { run })
        queue.advance()
        return again(ablation.id)
      },
      'ablations.delete': async ({ ablation }) => {
        const bytes = await removeAblations(context, remover, [requireAblation(db, ablation)])
        return { bytes }
      },
    },
    recover: () => continueAblations(context, queue),
    close: watch.close,
  }
}
