import type { BrowserWindow } from 'electron'
import { app, dialog } from 'electron'
import type { SupervisedEngine } from '../platform/engine-supervisor'
import { messages } from './messages'

/** What happens to work when its window closes. */
type Choice = 'keep' | 'quit' | 'cancel'

export interface Leaving {
  /** Asks before a window closes while something runs. */
  guard(window: BrowserWindow): void
}

/**
 * Closing the window: with nothing to do the program ends; otherwise the person chooses between
 * work that goes on without a window (a new start shows it again; the program ends with the work),
 * a pause with a checkpoint, and staying. Before that, edits that would be lost are asked about.
 */
export function createLeaving(
  engine: Promise<SupervisedEngine>,
  isUnsaved: (window: BrowserWindow) => boolean,
): Leaving {
  let decided = false
  let asking = false
  let current: BrowserWindow | null = null

  const leave = async (): Promise<void> => {
    decided = true
    const running = await engine.catch(() => null)
    await running?.shutdown()
    app.exit(0)
  }
  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    try {
      if (current !== null && isUnsaved(current) && !(await mayDiscard(current))) return
      const choice = await choose(await engine.catch(() => null), current)
      if (choice === 'quit') await leave()
      else if (choice === 'keep') goOnWithoutWindow()
    } finally {
      asking = false
    }
  }
  const goOnWithoutWindow = (): void => {
    const window = current
    current = null
    window?.destroy()
    void engine.then((running) => {
      const stop = running.subscribe(({ event }) => {
        if (event !== 'run.changed' && event !== 'job.changed') return
        void isBusy(running).then((busy) => {
          if (busy || current !== null) return
          stop()
          void leave()
        })
      })
    })
  }
  app.on('before-quit', (event) => {
    if (decided) return
    event.preventDefault()
    void ask()
  })
  // Without this, Electron would quit by itself when the last window is destroyed.
  app.on('window-all-closed', () => undefined)
  return {
    guard: (window) => {
      current = window
      window.on('close', (event) => {
        if (decided) return
        event.preventDefault()
        void ask()
      })
    },
  }
}

/** Whether a person lets edits go that were not saved. */
async function mayDiscard(window: BrowserWindow): Promise<boolean> {
  const texts = messages()
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: texts.unsavedEdits,
    detail: texts.unsavedDetail,
    buttons: [texts.discard, texts.cancel],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}

async function choose(
  engine: SupervisedEngine | null,
  window: BrowserWindow | null,
): Promise<Choice> {
  // An engine that another process started goes on whatever happens here.
  if (engine === null || !engine.own || !(await isBusy(engine))) return 'quit'
  const texts = messages()
  const options = {
    type: 'question' as const,
    message: texts.workGoesOn,
    detail: texts.workDetail,
    buttons: [texts.keepWorking, texts.pauseAndQuit, texts.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  }
  const { response } =
    window === null
      ? await dialog.showMessageBox(options)
      : await dialog.showMessageBox(window, options)
  return (['keep', 'quit', 'cancel'] as const)[response] ?? 'cancel'
}

/** Whether a run trains or waits, or a job works. */
async function isBusy(engine: SupervisedEngine): Promise<boolean> {
  const busyStates: readonly string[] = ['queued', 'starting', 'running', 'stopping']
  const [runs, jobs] = await Promise.all([
    engine.call('runs.list', {}),
    engine.call('jobs.list', {}),
  ])
  return (
    runs.some(({ state }) => busyStates.includes(state.kind)) ||
    jobs.some(({ state }) => state.kind === 'running')
  )
}
