import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { flagsOf } from '../../scripts/setup/binding.mjs'
import { sourceStamp } from '../../scripts/setup/build.mjs'
import { isSameTree, packagesComplete, packagesStamp } from '../../scripts/setup/packages.mjs'
import { chooseVariant, isNeeded, tensorflowComplete } from '../../scripts/setup/tensorflow.mjs'
import { builds } from '../../scripts/setup/wheels.mjs'
import { folderOfTest } from '../temporary'

let folder = ''

beforeEach(() => {
  folder = folderOfTest()
})

async function write(name: string, content: string): Promise<void> {
  await mkdir(join(folder, name, '..'), { recursive: true })
  await writeFile(join(folder, name), content)
}

const one = { version: '1.0.0', integrity: 'sha512-a' }
const lockOf = (packages: Record<string, unknown>): string => JSON.stringify({ packages })

describe('packages', () => {
  it('are complete when npm recorded what the lock file names', async () => {
    await write('package-lock.json', lockOf({ '': {}, 'node_modules/a': one }))
    expect(packagesComplete(folder)).toBe(false)
    await write('node_modules/.package-lock.json', lockOf({ 'node_modules/a': one }))
    expect(packagesComplete(folder)).toBe(true)
  })

  it('are incomplete after an installation that was cut: npm removes the folder with the stamp', async () => {
    await write('package-lock.json', lockOf({ 'node_modules/a': one }))
    await write('node_modules/.graftbench-stamp', packagesStamp(folder))
    expect(packagesComplete(folder)).toBe(true)
    await rm(join(folder, 'node_modules'), { recursive: true })
    await write('node_modules/a/package.json', '{}')
    expect(packagesComplete(folder)).toBe(false)
  })

  it('are incomplete when the lock file changes', async () => {
    await write('package-lock.json', lockOf({ 'node_modules/a': one }))
    await write('node_modules/.graftbench-stamp', packagesStamp(folder))
    await write('package-lock.json', lockOf({ 'node_modules/a': { ...one, version: '1.0.1' } }))
    expect(packagesComplete(folder)).toBe(false)
  })

  it('may lack optional packages of other platforms, and nothing else', () => {
    const wanted = { a: one, b: { ...one, optional: true } }
    expect(isSameTree(wanted, { a: one })).toBe(true)
    expect(isSameTree(wanted, { b: one })).toBe(false)
    expect(isSameTree(wanted, { a: one, c: one })).toBe(false)
    expect(isSameTree(wanted, { a: { ...one, integrity: 'sha512-b' } })).toBe(false)
  })
})

describe('a build', () => {
  it('is stale after a source was changed, added or removed', async () => {
    await write('src/main/index.ts', 'export {}')
    const before = sourceStamp(folder)
    expect(sourceStamp(folder)).toBe(before)
    await write('src/main/other.ts', '')
    const added = sourceStamp(folder)
    await write('src/main/index.ts', 'export { }')
    const changed = sourceStamp(folder)
    await rm(join(folder, 'src/main/index.ts'))
    expect(new Set([before, added, changed, sourceStamp(folder)]).size).toBe(4)
  })

  it('is stale after its configuration was changed', async () => {
    const before = sourceStamp(folder)
    await write('electron.vite.config.ts', 'export default {}')
    expect(sourceStamp(folder)).not.toBe(before)
  })
})

describe('TensorFlow', () => {
  it('is complete only with the marker of these very wheels', async () => {
    expect(tensorflowComplete('cpu', folder)).toBe(false)
    await write('tensorflow/2.21.0-cpu/tensorflow/libtensorflow_cc.so.2', '')
    expect(tensorflowComplete('cpu', folder)).toBe(false)
    const marker = 'tensorflow/2.21.0-cpu/.complete.json'
    await write(marker, JSON.stringify({ wheels: ['other'] }))
    expect(tensorflowComplete('cpu', folder)).toBe(false)
    const wheels = builds.cpu.wheels.map(({ sha256 }) => sha256)
    await write(marker, JSON.stringify({ wheels }))
    expect(tensorflowComplete('cpu', folder)).toBe(true)
    await write(marker, '{"wheels": [')
    expect(tensorflowComplete('cpu', folder)).toBe(false)
  })

  it('is the build that was asked for, or the one that fits the machine', () => {
    expect(chooseVariant(true, '0', false)).toBe('cuda')
    expect(chooseVariant(undefined, '0', true)).toBe('cpu')
    expect(chooseVariant(undefined, '1', false)).toBe('cuda')
    expect(chooseVariant(undefined, undefined, true)).toBe('cuda')
    expect(chooseVariant(undefined, undefined, false)).toBe('cpu')
  })

  it('is unpacked without its Python', () => {
    expect(isNeeded('tensorflow/libtensorflow_cc.so.2')).toBe(true)
    expect(isNeeded('tensorflow/include/tensorflow/c/c_api.h')).toBe(true)
    expect(isNeeded('nvidia/cublas/lib/libcublasLt.so.12')).toBe(true)
    expect(isNeeded('tensorflow/python/__init__.py')).toBe(false)
    expect(isNeeded('nvidia/cublas/include/cublas.h')).toBe(false)
  })

  it('is made of wheels that are all pinned', () => {
    const wheels = [...builds.cpu.wheels, ...builds.cuda.wheels]
    for (const { sha256 } of wheels) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length)
  })
})

it('reads the compiler flags that a native source names in its first line', () => {
  expect(flagsOf('// flags: -O3 -mavx2\nint a;')).toEqual(['-O3', '-mavx2'])
  expect(flagsOf('int a;\n// flags: -O1')).toEqual(['-O3', '-fopenmp'])
})
