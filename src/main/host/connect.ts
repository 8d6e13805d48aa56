import { attachTo, startOrAttach } from '../platform/engine-connection'
import type { EngineConnection } from '../platform/engine-connection'
import { forkEngine } from '../platform/engine-fork'
import { defaultWorkspace, engineSocket, workspaceAt } from '../engine/workspace'

export interface HostOptions {
  /** Folder of the built entries: `engine.cjs`, `trainer.cjs`. */
  readonly entries: string
  /** Folder of the built renderer. */
  readonly renderer: string
}

/**
 * The engine of a workspace: the one that a window or a server runs already, else a new one that
 * ends with this process. Throws workspace.newer, workspace.damaged, engine.unavailable.
 */
export async function connectEngine(
  entries: string,
  workspace: string | undefined,
): Promise<EngineConnection> {
  const folder = workspaceAt(workspace ?? defaultWorkspace()).root
  const running = await attachTo(engineSocket(folder), folder)
  return running ?? startOrAttach(() => forkEngine({ entries, workspace: folder }))
}
