import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepModel } from '../../../src/main/trainer/model-cache'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-cache-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** A model of 1,000 bytes that was used so many seconds ago. */
function put(name: string, ago: number): string {
  const path = join(folder, name)
  const file = name.startsWith('pretrained-') ? join(path, 'model.safetensors') : path
  if (file !== path) mkdirSync(path)
  writeFileSync(file, Buffer.alloc(1000))
  const time = Date.now() / 1000 - ago
  utimesSync(path, time, time)
  return path
}

it('removes the models that were not used for longest, and nothing else', async () => {
  const old = put('pretrained-a', 300)
  const older = put('weak-b.safetensors', 400)
  const used = put('weak-c.safetensors', 500)
  const tokens = put('tokens-d.bin', 600)
  await keepModel(folder, used, 2500)
  expect([old, older, used, tokens].map((path) => existsSync(path))).toEqual([
    ...[true, false, true, true],
  ])
  await keepModel(folder, used, 500)
  expect([old, used].map((path) => existsSync(path))).toEqual([false, true])
})

it('gives each kind room of its own', async () => {
  const model = put('lesson-a.safetensors', 500)
  const answers = put('trials-b.json', 400)
  const older = put('trained-c.safetensors', 300)
  const used = put('trained-d.safetensors', 200)
  await keepModel(folder, used, 1500)
  expect([model, answers, older, used].map((path) => existsSync(path))).toEqual([
    ...[true, true, false, true],
  ])
})

it('lets another run have removed what was used', async () => {
  const other = put('trained-c.safetensors', 300)
  await keepModel(folder, join(folder, 'trained-gone.safetensors'), 2500)
  expect(existsSync(other)).toBe(true)
})
