import { execFileSync, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cpuFeatures } from '../../scripts/setup/doctor.mjs'
import { folderOfTest } from '../temporary'

const program = resolve(import.meta.dirname, '../../bin/graftbench')

interface Report {
  readonly ok: boolean
  readonly findings: readonly { name: string; state: string; value: string; next?: string }[]
}

describe('graftbench doctor', () => {
  it('names what is missing and the next step, and ends with 1', async () => {
    const GRAFTBENCH_CACHE = folderOfTest()
    const { status, stdout } = spawnSync(process.execPath, [program, 'doctor', '--json'], {
      encoding: 'utf8',
      env: { ...process.env, GRAFTBENCH_CACHE },
    })
    expect(status).toBe(1)
    const report = JSON.parse(stdout) as Report
    expect(report.ok).toBe(false)
    const tensorflow = report.findings.find(({ name }) => name === 'TensorFlow')
    expect(tensorflow).toMatchObject({
      state: 'missing',
      next: expect.stringContaining('npm start'),
    })
  })

  it('finds what set-up put in place, and changes nothing', () => {
    const output = execFileSync(process.execPath, [program, 'doctor'], { encoding: 'utf8' })
    expect(output).toContain('Everything that is required is there.')
    expect(output).toMatch(/✓ Node +\d+\.\d+/)
  })

  it('knows the features that decide which kernels run', () => {
    expect(cpuFeatures('fpu sse2 avx2 avx512f avx512_bf16 amx_tile')).toEqual([
      'AVX2',
      'AVX-512',
      'BF16',
      'AMX',
    ])
    expect(cpuFeatures('fpu sse2')).toEqual([])
  })
})
