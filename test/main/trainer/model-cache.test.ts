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
