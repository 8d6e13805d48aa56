import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../../..')

export interface Bundle {
  /** Path of the trainer's program. */
  readonly entry: string
  remove(): void
}

/**
 * Builds the trainer, or another program of its parts, as the product does, into a folder from
 * which its packages are found.
 */
export async function bundleTrainer(program = 'src/main/trainer.ts'): Promise<Bundle> {
  const folder = await mkdtemp(join(root, 'node_modules/.trainer-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared') }, conditions: ['node'] },
    build: {
      ssr: join(root, program),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: {
        external: [/^node:/, ...builtinModules, '@tensorflow/tfjs-node-gpu'],
        output: { format: 'cjs', entryFileNames: 'trainer.cjs', chunkFileNames: '[name].cjs' },
      },
    },
  })
  return {
    entry: join(folder, 'trainer.cjs'),
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
