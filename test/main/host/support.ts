import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Folder of the built program. */
export const built = resolve(process.env['GRAFTBENCH_TEST_OUT'] ?? 'out')
const program = join(built, 'main', 'headless.cjs')

if (!existsSync(program)) throw new Error(`${program} is missing: run "npm run build" first.`)

/** A small BERT with three labels. */
export const tinyModel = resolve('test/fixtures/parity/bert-classify')

export interface Folder {
  readonly path: string
  remove(): Promise<void>
}

export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'graftbench-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Standard output as JSON lines; empty where it is not JSON. */
  readonly events: readonly Record<string, unknown>[]
  /** The last JSON line. */
  readonly result: Record<string, unknown>
}

export interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when standard output or error holds `text`. */
  waitFor(text: string | RegExp): Promise<string>
}

/** Starts the built command line. */
export function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GRAFTBENCH_PORT: undefined, ...environment },
  })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const check of waiting) check()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const check of waiting) check()
  })
  const finished = new Promise<Finished>((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      const events = jsonLines(stdout)
      done({ code, stdout, stderr, events, result: events.at(-1) ?? {} })
    })
  })
  const waitFor = (text: string | RegExp): Promise<string> =>
    new Promise((done, fail) => {
      const check = (): void => {
        const all = stdout + stderr
        const found = typeof text === 'string' ? all.includes(text) : text.test(all)
        if (!found) return
        waiting.delete(check)
        done(all)
      }
      waiting.add(check)
      child.on('close', () => fail(new Error(`ended before ${String(text)}: ${stdout}${stderr}`)))
      check()
    })
  return { child, finished, waitFor }
}

export const graftbench = (
  args: readonly string[],
  environment?: NodeJS.ProcessEnv,
): Promise<Finished> => start(args, environment).finished

function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  return lines.flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line)
      return isRecord(value) ? [value] : []
    } catch {
      return []
    }
  })
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The code of a result `{ error: { code } }`. */
export function errorCode({ result }: Finished): unknown {
  const { error } = result
  return isRecord(error) ? error['code'] : undefined
}

export interface Server {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly started: Started
  stop(): Promise<Finished>
}

/** Starts `graftbench serve` on a free port. */
export async function startServer(
  workspace: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const started = start(['--workspace', workspace, 'serve', '--port', '0'], environment)
  const ready = /Graftbench is ready: (http:\/\/127\.0\.0\.1:(\d+)\/\?token=(\S+))\n/
  const found = ready.exec(await started.waitFor(ready))
  const [, url = '', port = '', token = ''] = found ?? []
  return {
    url,
    port: Number(port),
    token,
    started,
    stop: () => {
      started.child.kill('SIGINT')
      return started.finished
    },
  }
}
