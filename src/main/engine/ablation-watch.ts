import type { Ablation, AblationId } from '@shared/domain'
import { getAblation } from '../store'
import type { Context } from './context'

export interface AblationWatch {
  /** Tells every front how an ablation is; gives it, null where it is gone. */
  tell(id: AblationId): Ablation | null
  close(): void
}

/** Between two messages about one ablation, in milliseconds. */
const tellEvery = 250

/** An ablation's state follows from its runs: watches them and tells its progress. */
export function watchAblations({ db, events }: Context): AblationWatch {
  const changed = new Set<AblationId>()
  let timer: NodeJS.Timeout | null = null
  const tell = (id: AblationId): Ablation | null => {
    const ablation = getAblation(db, id)
    if (ablation !== null) events.publish('ablation.changed', { ablation })
    return ablation
  }
  const tellAll = (): void => {
    timer = null
    for (const id of changed) tell(id)
    changed.clear()
  }
  const unsubscribe = events.subscribe((message) => {
    if (message.event !== 'run.changed' || message.payload.run.ablation === null) return
    changed.add(message.payload.run.ablation)
    timer ??= setTimeout(tellAll, tellEvery)
  })
  return {
    tell,
    close: () => {
      unsubscribe()
      if (timer !== null) clearTimeout(timer)
    },
  }
}
