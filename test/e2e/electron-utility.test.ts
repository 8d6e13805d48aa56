import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Folder } from '../main/host/support'
import { temporaryFolder } from '../main/host/support'
import { openDisplay } from './display'
import { electronFlags, electronForTests } from './electron'

const executable = electronForTests()
const execute = promisify(execFile)

/** What the launcher uses and the Node of the older Electron does not have yet. */
const newerNode = "require('node:os').availableParallelism ??= () => 1"

/** The utility launcher, with an engine and a trainer that need no newer Node than Electron's. */
describe.skipIf(executable === null)('an engine as a utility process', () => {
  let folder: Folder

  beforeAll(async () => {
    folder = await temporaryFolder()
    const sources = resolve('test/e2e/utility')
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { alias: { '@shared': resolve('src/shared') } },
      ssr: { noExternal: true },
      build: {
        ssr: true,
        target: 'node16',
        outDir: folder.path,
        rollupOptions: {
          external: ['electron'],
          input: {
            main: join(sources, 'main.ts'),
            engine: join(sources, 'engine.ts'),
            trainer: join(sources, 'trainer.ts'),
          },
          output: { format: 'cjs', entryFileNames: '[name].cjs', banner: newerNode },
        },
      },
    })
    const manifest = { name: 'utility-probe', version: '1.0.0', main: 'main.cjs' }
    await writeFile(join(folder.path, 'package.json'), JSON.stringify(manifest))
  })
  afterAll(() => folder.remove())

  it('is called, gets its trainers from the main process, and ends when told', async () => {
    const display = await openDisplay()
    const { stdout } = await execute(executable ?? '', [...electronFlags, folder.path], {
      timeout: 50_000,
      env: { ...process.env, ...display.environment },
    })
    display.close()
    const line = stdout.split('\n').find((text) => text.startsWith('RESULT '))
    expect(JSON.parse(line?.slice('RESULT '.length) ?? 'null')).toEqual({
      workspace: '/place',
      answer: {
        said: { echo: { question: { question: 1 } }, interop: '1' },
        hadPid: true,
      },
      refused: 'notFound',
    })
  })
})
