import { describe, expect, it } from 'vitest'
import { describeError } from '../../scripts/setup/errors.mjs'
import { environmentFor, isNewEnough } from '../../scripts/setup/node.mjs'
import {
  RateMeter,
  formatBytes,
  formatDuration,
  transferLine,
} from '../../scripts/setup/progress.mjs'
import { run, runInPlace } from '../../scripts/setup/run.mjs'

const node = (code: string): [string, string[]] => [process.execPath, ['--eval', code]]

describe('a tool', () => {
  it('gives what it wrote', async () => {
    expect(await run(...node('console.log(42)'))).toBe('42\n')
  })

  it('that fails is named, with beginning and end of its output and the next step', async () => {
    const code = 'for (let i = 0; i < 100; i++) console.error("line " + i); process.exit(3)'
    const failed: unknown = await run(...node(code), {
      what: 'Compiling',
      remedy: 'Try again.',
    }).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'setup.commandFailed',
      message: 'Compiling ended with code 3.',
    })
    const text = describeError(failed)
    expect(text).toContain('  | line 99\nNext step: Try again.')
    expect(text).toContain('  | line 0\n')
    expect(text).toContain('… 64 lines …')
    expect(text).not.toContain('line 50\n')
  })

  it('that is not installed has a code of its own', async () => {
    await expect(run('no-such-tool', [])).rejects.toMatchObject({ code: 'setup.toolMissing' })
  })

  it('that hangs is ended', async () => {
    const hanging = run(...node('setInterval(() => {}, 1000)'), { timeoutMs: 300 })
    await expect(hanging).rejects.toMatchObject({ code: 'setup.timeout' })
  })

  it('that takes our place hands on its exit code', async () => {
    expect(await runInPlace(...node('process.exit(7)'))).toBe(7)
    expect(await runInPlace(...node('process.kill(process.pid, "SIGTERM")'))).toBe(143)
  })
})

describe('Node', () => {
  it.each([
    ['20.20.2', false],
    ['22.13.1', false],
    ['22.14.0', true],
    ['23.0.0', true],
    ['24.21.0', true],
  ])('%s has Node-API 10: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected)
  })

  it('is the first that tools find, once', () => {
    const once = environmentFor('/cache/bin/node', { PATH: '/usr/bin' })
    expect(once.PATH).toBe('/cache/bin:/usr/bin')
    expect(environmentFor('/cache/bin/node', once)).toBe(once)
  })
})

describe('progress', () => {
  it('says size, rate and remaining time', () => {
    const meter = new RateMeter()
    meter.add(0, 0)
    meter.add(50 * 2 ** 20, 5000)
    expect(meter.rate).toBe(10 * 2 ** 20)
    expect(transferLine(50 * 2 ** 20, 250 * 2 ** 20, meter.rate)).toBe(
      '50.0 MiB of 250.0 MiB, 10.0 MiB/s, 20 s remaining',
    )
  })

  it('forgets how fast it was long ago', () => {
    const meter = new RateMeter()
    for (let second = 0; second <= 60; second += 1) {
      meter.add(second <= 30 ? second * 1000 : 30_000 + (second - 30) * 10, second * 1000)
    }
    expect(meter.rate).toBeCloseTo(10)
  })

  it('writes numbers as a person reads them', () => {
    expect(formatBytes(512)).toBe('512 B')
    expect(formatBytes(788_086_608)).toBe('751.6 MiB')
    expect(formatDuration(125)).toBe('2 min 05 s')
    expect(formatDuration(3700)).toBe('1 h 01 min')
  })
})
