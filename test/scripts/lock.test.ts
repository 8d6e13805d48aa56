import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isStale, withLock } from '../../scripts/setup/lock.mjs'
import { folderOfTest } from '../temporary'

const module_ = new URL('../../scripts/setup/lock.mjs', import.meta.url).href

const newLock = (): string => join(folderOfTest(), 'setup.lock')

/** A process that takes the lock, runs a piece of code in it and says `held` before. */
function holder(lock: string, code: string): ChildProcess {
  const script = `
    import { withLock } from ${JSON.stringify(module_)}
    import { appendFile } from 'node:fs/promises'
    import { setTimeout as sleep } from 'node:timers/promises'
    await withLock(${JSON.stringify(lock)}, async () => { console.log('held'); ${code} }, { pollMs: 5 })`
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function untilHeld(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('The holder has no output.')
  await once(child.stdout, 'data')
}

describe('the lock of set-up', () => {
  it('is let go when the action ends, also by an error', async () => {
    const lock = newLock()
    expect(await withLock(lock, async () => existsSync(lock))).toBe(true)
    const failing = withLock(lock, () => Promise.reject(new Error('cut')))
    await expect(failing).rejects.toThrow('cut')
    expect(existsSync(lock)).toBe(false)
  })

  it('waits for a living holder and names it', async () => {
    const lock = newLock()
    const child = holder(lock, 'await sleep(300)')
    await untilHeld(child)
    const waited: (number | undefined)[] = []
    await withLock(lock, async () => undefined, { onWait: (pid) => waited.push(pid), pollMs: 10 })
    expect(waited).toEqual([child.pid])
  })

  it('is taken over from a process that was killed', async () => {
    const lock = newLock()
    const child = holder(lock, 'await sleep(60_000)')
    await untilHeld(child)
    expect(isStale(lock)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isStale(lock)).toBe(true)
    expect(await withLock(lock, async () => 'taken', { pollMs: 10 })).toBe('taken')
    expect(existsSync(lock)).toBe(false)
  })

  it('is taken over when its number was given to another process since', async () => {
    const lock = newLock()
    const reused = { pid: process.pid, start: '1', host: hostname() }
    await writeFile(lock, JSON.stringify(reused))
    expect(isStale(lock)).toBe(process.platform === 'linux')
  })

  it('belongs to one of many, also while they fight for a stale one', async () => {
    const lock = newLock()
    const journal = `${lock}.journal`
    await writeFile(lock, 'left over')
    await appendFile(journal, '')
    const write = (word: string): string =>
      `await appendFile(${JSON.stringify(journal)}, '${word}\\n');`
    const code = `${write('in')} await sleep(20); ${write('out')}`
    const children = Array.from({ length: 6 }, () => holder(lock, code))
    const codes = await Promise.all(children.map((child) => once(child, 'exit')))
    expect(codes.map(([exit]) => Number(exit))).toEqual([0, 0, 0, 0, 0, 0])
    const words = (await readFile(journal, 'utf8')).trim().split('\n')
    expect(words).toEqual(Array.from({ length: 6 }, () => ['in', 'out']).flat())
  })
})
