import { ESLint, Linter } from 'eslint'
import { describe, expect, it } from 'vitest'
import ts from 'typescript-eslint'
import { roomsRule } from '../../scripts/lint/rooms-rule.mjs'

/** What the rule says of a file with this one line. */
function report(filename: string, code: string): string[] {
  const linter = new Linter({ cwd: '/project' })
  const config: Linter.Config = {
    files: ['**'],
    languageOptions: { parser: ts.parser as Linter.Parser },
    plugins: { rooms: { rules: { imports: roomsRule } } },
    rules: { 'rooms/imports': 'error' },
  }
  return linter.verify(code, [config], `/project/${filename}`).map(({ message }) => message)
}

const refused: readonly [file: string, code: string, because: string][] = [
  ['src/shared/errors.ts', "import '../main/platform/json'", 'src/shared imports nothing of src'],
  ['src/shared/errors.ts', "import 'ws'", 'no package but zod'],
  ['src/shared/errors.ts', "import 'node:fs'", 'no package but zod'],
  ['src/main/app/windows.ts', "import '../engine/runs'", 'only platform, not src/main/engine'],
  ['src/main/app/windows.ts', "import '../host/http'", 'not src/main/host'],
  ['src/main/engine/runs.ts', "import '../nn/tf'", 'not src/main/nn'],
  ['src/main/engine/runs.ts', "import '../trainer/loop'", 'not src/main/trainer'],
  ['src/main/engine/runs.ts', "import '../app/windows'", 'not src/main/app'],
  ['src/main/trainer/loop.ts', "import '../store/runs'", 'not src/main/store'],
  ['src/main/trainer/loop.ts', "import '../engine/runs'", 'not src/main/engine'],
  ['src/main/host/http.ts', "import '../store/runs'", 'only engine, platform'],
  ['src/main/nn/bert/encoder.ts', "import '../../data/batches'", 'not src/main/data'],
  [
    'src/main/nn/weights.ts',
    "import { read } from '../formats/safetensors'",
    'not src/main/formats',
  ],
  ['src/main/data/csv.ts', "import '../formats/parquet'", 'not src/main/formats'],
  ['src/main/formats/onnx.ts', "import '../data/csv'", 'not src/main/data'],
  ['src/main/knowledge/packs.ts', "import '../store/packs'", 'not src/main/store'],
  ['src/main/store/runs.ts', "import '../engine/runs'", 'not src/main/engine'],
  ['src/main/platform/paths.ts', "import '../engine/runs'", 'no other room'],
  ['src/main/trainer.ts', "import './store/runs'", 'not src/main/store'],
  ['src/main/index.ts', "import './engine/runs'", 'only app, platform'],
  ['src/main/engine/runs.ts', "import 'electron'", 'Only src/main/app'],
  ['src/main/engine/runs.ts', "import 'better-sqlite3'", 'Only src/main/store'],
  ['src/main/nn/layers/linear.ts', "import '@tensorflow/tfjs-node-gpu'", 'Only src/main/nn/tf.ts'],
  ['src/main/nn/layers/linear.ts', "require('@tensorflow/tfjs-core')", 'Only src/main/nn/tf.ts'],
  [
    'src/main/nn/layers/linear.ts',
    "const tf = import('@tensorflow/tfjs')",
    'Only src/main/nn/tf.ts',
  ],
  ['src/main/engine/runs.ts', "export * from '../nn/tf'", 'not src/main/nn'],
  ['src/main/engine/runs.ts', "export { a } from '../nn/tf'", 'not src/main/nn'],
  ['src/main/engine/runs.ts', "type A = import('../nn/tf').A", 'not src/main/nn'],
  ['src/preload/index.ts', "import '../main/platform/json'", 'not src/main'],
  ['src/renderer/runs/list.ts', "import '../../main/engine/runs'", 'not src/main'],
  ['src/renderer/runs/list.ts', "import '../compare/table'", 'its sibling src/renderer/compare'],
  ['src/renderer/runs/list.ts', "import '../views/router'", 'Only views know views'],
  ['src/renderer/ui/button.ts', "import '../runs/list'", 'src/renderer/ui imports no other room'],
  ['src/renderer/api/client.ts', "import '../runs/list'", 'src/renderer/api imports no other room'],
  ['src/renderer/charts/plot.ts', "import '../runs/list'", 'its sibling src/renderer/runs'],
  ['src/renderer/runs/list.ts', "import '../main'", "the renderer's entry"],
  ['src/renderer/runs/list.ts', "import 'node:fs'", 'The renderer has no Node'],
  ['src/main/engine/runs.ts', "import '../../../scripts/setup/paths.mjs'", 'nothing outside src'],
]

const allowed: readonly [file: string, code: string][] = [
  ['src/shared/contract.ts', "import { z } from 'zod'"],
  ['src/main/engine/runs.ts', "import { GraftError } from '@shared/errors'"],
  ['src/main/engine/runs.ts', "import '../store/runs'"],
  ['src/main/engine/runs.ts', "import './queue'"],
  ['src/main/platform/version.ts', "import manifest from '../../../package.json'"],
  ['src/main/trainer/loop.ts', "import '../nn/tf'"],
  ['src/main/nn/weights.ts', "import type { Header } from '../formats/safetensors-types'"],
  ['src/main/nn/weights.ts', "import { type Header } from '../formats/safetensors-types'"],
  ['src/main/nn/tf.ts', "import '@tensorflow/tfjs-node-gpu'"],
  ['src/main/store/database.ts', "import Database from 'better-sqlite3'"],
  ['src/main/app/windows.ts', "import { app } from 'electron'"],
  ['src/main/index.ts', "import './app/windows'"],
  ['src/main/host/http.ts', "import '../engine/door'"],
  ['src/preload/index.ts', "import { contextBridge } from 'electron'"],
  ['src/renderer/views/Compare.svelte.ts', "import '../runs/list'"],
  ['src/renderer/runs/list.ts', "import '../ui/button'"],
  ['test/main/engine/runs.test.ts', "import '../../../src/main/nn/tf'"],
]

describe('the rooms', () => {
  it.each(refused)('%s may not hold: %s', (file, code, because) => {
    expect(report(file, code)).toEqual([expect.stringContaining(because)])
  })

  it.each(allowed)('%s may hold: %s', (file, code) => {
    expect(report(file, code)).toEqual([])
  })

  it('are guarded in every source file of the project', async () => {
    const eslint = new ESLint()
    for (const file of ['src/main/engine/runs.ts', 'src/renderer/ui/Button.svelte']) {
      const config: unknown = await eslint.calculateConfigForFile(file)
      expect(config).toMatchObject({ rules: { 'rooms/imports': [2] } })
    }
  })
})
