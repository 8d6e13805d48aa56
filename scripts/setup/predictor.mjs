// @ts-check
import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../..')

/** Packages that end up in the bundle, with the licences that travel with it. */
const bundled = ['zod', 'yaml', 're2js']

/**
 * Builds the predictor that is exported beside models: `predict.mjs`, which needs nothing but Node,
 * its types, and the licences of what is in it.
 * @param {string} folder
 */
export async function buildPredictor(folder) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    resolve: { alias: { '@shared': join(root, 'src/shared') }, conditions: ['node'] },
    ssr: { noExternal: true },
    plugins: [companions()],
    build: {
      ssr: join(root, 'src/main/predict.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: {
        external: [/^node:/, ...builtinModules],
        output: { format: 'es', entryFileNames: 'predict.mjs', codeSplitting: false },
      },
    },
  })
}

/** @returns {import('vite').Plugin} */
function companions() {
  return {
    name: 'predictor-companions',
    async generateBundle() {
      const types = await readFile(join(root, 'src/main/knowledge/predictor-types.ts'), 'utf8')
      this.emitFile({
        type: 'asset',
        fileName: 'predict.d.mts',
        source: `${types}\nexport declare const loadPredictor: LoadPredictor\n`,
      })
      const licences = [`Graftbench\n\n${await readFile(join(root, 'LICENSE'), 'utf8')}`]
      for (const name of bundled) {
        const text = await readFile(join(root, 'node_modules', name, 'LICENSE'), 'utf8')
        licences.push(`${name}\n\n${text}`)
      }
      const line = `\n${'-'.repeat(72)}\n\n`
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: licences.join(line) })
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPredictor(resolve(process.argv[2] ?? join(root, 'out/main/knowledge')))
}
