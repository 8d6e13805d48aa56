import { copyFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { buildPredictor } from '../../../scripts/setup/predictor.mjs'

const root = resolve(import.meta.dirname, '../../..')

export interface EngineBundle {
  /** Folder of `engine.cjs` and `trainer.cjs`, as the product has it. */
  readonly folder: string
  remove(): void
}

/** Builds engine and trainer as the product does, into a folder from which their packages are found. */
export async function bundleEngine(): Promise<EngineBundle> {
  const folder = await mkdtemp(join(root, 'node_modules/.engine-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared') }, conditions: ['node'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: {
        input: {
          engine: join(root, 'src/main/engine.ts'),
          trainer: join(root, 'src/main/trainer.ts'),
        },
        external: [/^node:/, ...builtinModules, '@tensorflow/tfjs-node-gpu', 'better-sqlite3'],
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: 'chunks/[name]-[hash].cjs',
        },
      },
    },
  })
  await buildPredictor(join(folder, 'knowledge'))
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
