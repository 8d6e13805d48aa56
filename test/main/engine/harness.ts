import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { InputOf, ProcedureName, ResultOf } from '@shared/contract'
import type { EventMessage } from '@shared/rpc'
import type { Engine, Launcher } from '../../../src/main/engine/public'
import { createEngine } from '../../../src/main/engine/public'

const cleanups: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export const onCleanup = (cleanup: () => Promise<void> | void): void => {
  cleanups.push(cleanup)
}

/** A folder of this test, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graftbench-engine-'))
  onCleanup(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const noTrainers: Launcher = {
  startTrainer: () => Promise.reject(new Error('This test starts no trainer.')),
}

export interface TestEngine {
  readonly engine: Engine
  readonly folder: string
  readonly events: EventMessage[]
  call<P extends ProcedureName>(procedure: P, input: InputOf<P>): Promise<ResultOf<P>>
}

/** An engine on real files; closed after the test. */
export async function openEngine(
  launcher: Launcher = noTrainers,
  folder = temporaryFolder(),
): Promise<TestEngine> {
  const engine = await createEngine({
    workspace: folder,
    launcher,
    version: '0.0.0-test',
    cacheFolder: join(folder, 'shared-cache'),
  })
  onCleanup(() => engine.close())
  const events: EventMessage[] = []
  engine.subscribe((event) => events.push(event))
  return {
    engine,
    folder,
    events,
    call: <P extends ProcedureName>(procedure: P, input: InputOf<P>) =>
      engine.call(procedure, input) as Promise<ResultOf<P>>,
  }
}
