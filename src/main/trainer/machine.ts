import { arch, availableParallelism, cpus, release, totalmem, type as systemName } from 'node:os'
import type { Machine } from '@shared/domain/run'

/** This machine as it is written into the history of a run. */
export function describeMachine(found: {
  readonly device: Machine['device']
  readonly tensorflow: string
  readonly graftbench: string
}): Machine {
  return {
    platform: `${systemName()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    ...found,
  }
}
