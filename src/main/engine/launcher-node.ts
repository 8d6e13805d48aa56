import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { childChannel } from '../platform/channel'
import { trainerEnvironment } from '../platform/trainerEnvironment'
import type { Launcher, TrainerExit, TrainerProcess } from './launcher'
import { tailOf } from './launcher'

/** Forks trainers as Node processes. `entry`: path of the built trainer.cjs. */
export function createNodeLauncher(entry: string, cacheFolder: string): Launcher {
  return {
    startTrainer: () => Promise.resolve(startTrainer(entry, cacheFolder)),
  }
}

function startTrainer(entry: string, cacheFolder: string): TrainerProcess {
  if (!existsSync(entry)) {
    throw new GraftError('setup.missing', `${entry} is missing. Run "npm run build" first.`)
  }
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...trainerVariables(cacheFolder) },
  })
  const stderr = tailOf()
  child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk))
  let exit: TrainerExit | null = null
  const listeners: ((exit: TrainerExit) => void)[] = []
  const end = (code: number | null, signal: string | null): void => {
    if (exit !== null) return
    exit = { code, signal, stderr: stderr.text() }
    for (const listener of listeners) listener(exit)
  }
  child.on('close', end)
  child.on('error', (error) => {
    stderr.add(Buffer.from(error.message))
    if (child.pid === undefined) end(null, null)
  })
  return {
    pid: child.pid ?? 0,
    channel: childChannel(child),
    kill: (signal) => {
      child.kill(signal)
    },
    onExit: (listener) => {
      if (exit !== null) listener(exit)
      else listeners.push(listener)
    },
  }
}

/** What set-up found out about the native runtime: `runtime.json` in the shared cache folder. */
const runtimeFile = z.object({
  libraryPath: z.array(z.string()),
  environment: z.record(z.string(), z.string()).default({}),
})

/**
 * What a trainer's environment has besides the engine's own: threads, allocation, and where the
 * TensorFlow libraries of the set-up lie.
 */
export function trainerVariables(cacheFolder: string): Readonly<Record<string, string>> {
  const own = trainerEnvironment(availableParallelism())
  const file = join(cacheFolder, 'runtime.json')
  if (!existsSync(file)) return own
  const runtime = runtimeFile.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!runtime.success) {
    throw new GraftError('setup.missing', `${file} is damaged. Run "npm start" to set up again.`)
  }
  const inherited = process.env['LD_LIBRARY_PATH'] ?? ''
  const libraries = [...runtime.data.libraryPath, inherited].filter((path) => path !== '')
  return {
    ...own,
    ...runtime.data.environment,
    ...(libraries.length > 0 && { LD_LIBRARY_PATH: libraries.join(':') }),
  }
}
