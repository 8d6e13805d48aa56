import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Files } from './rows'
import { writeRows } from './rows'
import type { Finished, Folder, Started } from './support'
import { errorCode, graftbench, isRecord, start, temporaryFolder, tinyModel } from './support'

let folder: Folder
let files: Files
let workspace: string
let test = 0

beforeAll(async () => {
  folder = await temporaryFolder()
  files = await writeRows(folder.path)
})
beforeEach(() => {
  test += 1
  workspace = join(folder.path, `workspace-${test}`)
})
afterAll(() => folder.remove())

const steps = 600

/** Starts a run of some seconds and waits until it has trained for a while. */
async function startRun(...extra: readonly string[]): Promise<Started> {
  const started = start([
    ...['--workspace', workspace, '--json', 'train', '--model', tinyModel],
    ...['--train', files.train, '--test', files.test, '--epochs', '500', '--batch', '8'],
    ...['--max-length', '16', '--max-steps', String(steps), '--set', 'evaluation.every=100'],
    ...['--set', 'checkpoint.everySteps=20', ...extra],
  ])
  await started.waitFor(/"name":"train.loss","step":\[(?:\d+,)*(?:[5-9]\d|\d{3})[,\]]/)
  return started
}

const run = (...args: readonly string[]): Promise<Finished> =>
  graftbench(['--workspace', workspace, '--json', ...args])

async function stateOf(reference: string): Promise<unknown> {
  const { result } = await run('runs', 'show', reference)
  const shown = result['run']
  const state = isRecord(shown) ? shown['state'] : undefined
  return isRecord(state) ? state['kind'] : undefined
}

/** Child processes of a process, as Linux knows them. */
async function childrenOf(pid: number | undefined): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function waitForEnd(pids: readonly number[]): Promise<void> {
  const until = Date.now() + 20_000
  while (pids.some(isAlive)) {
    if (Date.now() > until) throw new Error(`still alive: ${pids.filter(isAlive).join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function resumeToTheEnd(): Promise<void> {
  const resumed = await run('runs', 'resume', '1')
  expect(resumed.result).toMatchObject({ state: 'finished', steps })
  expect(resumed.code).toBe(0)
}

/** Steps of the training loss, which have to be 1, 2, 3, … whatever happened. */
async function lossSteps(): Promise<readonly number[]> {
  const journal = await readFile(join(workspace, 'runs', await runId(), 'events.ndjson'), 'utf8')
  const seen = new Set<number>()
  for (const line of journal.trim().split('\n')) {
    const { event } = JSON.parse(line)
    if (event.type !== 'metrics') continue
    for (const block of event.blocks) {
      if (block.series === 'train.loss') block.step.forEach((step: number) => seen.add(step))
    }
  }
  return [...seen].sort((a, b) => a - b)
}

async function runId(): Promise<string> {
  const { result } = await run('runs', 'show', '1')
  const shown = result['run']
  return isRecord(shown) ? String(shown['id']) : ''
}

describe('a run that goes', () => {
  it('shows how far it is in another terminal', async () => {
    const started = await startRun()
    for (const asked of [['list'], ['show', '1']]) {
      const { stdout } = await graftbench(['--workspace', workspace, 'runs', ...asked])
      expect(stdout).toMatch(new RegExp(`step \\d+/${steps} .* left`))
    }
    await run('runs', 'pause', '1')
    await started.finished
    const { stdout } = await graftbench(['--workspace', workspace, 'runs', 'list'])
    expect(stdout).not.toContain('Progress')
  })
})

describe('a run that is interrupted', () => {
  it('is not told as done when another command pauses it', async () => {
    const started = await startRun()
    expect((await run('runs', 'pause', '1')).code).toBe(0)
    const finished = await started.finished
    expect(finished.code).toBe(130)
    expect(finished.result).toMatchObject({ state: 'paused', number: 1 })
  })

  it('is paused by Ctrl-C with a checkpoint, and says how it goes on', async () => {
    const started = await startRun()
    started.child.kill('SIGINT')
    // As a terminal and a launcher both send it.
    setTimeout(() => started.child.kill('SIGINT'), 50)
    const finished = await started.finished
    expect(finished.code).toBe(130)
    expect(finished.result).toMatchObject({ interrupted: true, number: 1, state: 'paused' })
    expect(await stateOf('1')).toBe('paused')
    await resumeToTheEnd()
    expect(await lossSteps()).toHaveLength(steps)
  })

  it.skipIf(process.platform !== 'linux')('survives the kill of its trainer', async () => {
    const started = await startRun()
    const [engine] = await childrenOf(started.child.pid)
    const [trainer] = await childrenOf(engine)
    process.kill(trainer ?? 0, 'SIGKILL')
    const finished = await started.finished
    expect(finished.code).toBe(1)
    expect(String(errorCode(finished))).toMatch(/^trainer\./)
    expect(await stateOf('1')).toBe('interrupted')
    await resumeToTheEnd()
    expect(await lossSteps()).toHaveLength(steps)
  })

  it.skipIf(process.platform !== 'linux')(
    'begins again where its trainer was killed before the first checkpoint',
    async () => {
      const started = await startRun(
        ...['--set', 'checkpoint.everySteps=null', '--set', `evaluation.every=${steps}`],
      )
      const [engine] = await childrenOf(started.child.pid)
      const [trainer] = await childrenOf(engine)
      process.kill(trainer ?? 0, 'SIGKILL')
      expect((await started.finished).code).toBe(1)
      expect(existsSync(join(workspace, 'runs', await runId(), 'checkpoints', 'last'))).toBe(false)
      await resumeToTheEnd()
      expect(await lossSteps()).toHaveLength(steps)
    },
  )

  it.skipIf(process.platform !== 'linux')('survives the kill of the engine', async () => {
    const started = await startRun()
    const [engine = 0] = await childrenOf(started.child.pid)
    const trainers = await childrenOf(engine)
    process.kill(engine, 'SIGKILL')
    const finished = await started.finished
    expect(finished.code).toBe(1)
    expect(errorCode(finished)).toBe('engine.unavailable')
    await waitForEnd(trainers)
    expect(['interrupted', 'paused']).toContain(await stateOf('1'))
    await resumeToTheEnd()
    expect(await lossSteps()).toHaveLength(steps)
  })

  it.skipIf(process.platform !== 'linux')('survives the kill of the command line', async () => {
    const started = await startRun()
    const engines = await childrenOf(started.child.pid)
    started.child.kill('SIGKILL')
    await waitForEnd(engines)
    expect(['interrupted', 'paused']).toContain(await stateOf('1'))
    await resumeToTheEnd()
    expect(await lossSteps()).toHaveLength(steps)
  })
})
