// @ts-check
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { stampOf } from './checksum.mjs'
import { listFiles, readIfThere, replaceFolder, writeAtomic } from './files.mjs'
import { packagesFolder, projectFolder } from './paths.mjs'
import { run } from './run.mjs'

const output = join(projectFolder, 'out')
const stampName = '.graftbench-stamp'
const configs = [
  'electron.vite.config.ts',
  'scripts/setup/predictor.mjs',
  'svelte.config.js',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
]

/**
 * The stamp of everything that decides what a build looks like.
 * @param {string} [folder] the checkout
 * @returns {string}
 */
export function sourceStamp(folder = projectFolder) {
  const sources = ['src', 'resources'].flatMap((room) =>
    listFiles(join(folder, room)).map((name) => `${room}/${name}`),
  )
  /** @type {Record<string, Buffer | string>} */
  const parts = {}
  for (const name of sources) parts[name] = readFileSync(join(folder, name))
  for (const name of configs) parts[name] = readIfThere(join(folder, name)) ?? ''
  return stampOf(parts)
}

/** Whether `out` was built from the sources as they are. */
export function buildComplete() {
  return readIfThere(join(output, stampName)) === sourceStamp()
}

/**
 * Builds every process's bundle into `out` where the sources changed. A build that fails or is cut
 * leaves the previous one in place.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureBuild(progress) {
  const stamp = sourceStamp()
  if (readIfThere(join(output, stampName)) === stamp) return
  progress.start('Building')
  const partial = join(packagesFolder, '.cache', 'graftbench-out')
  await rm(partial, { recursive: true, force: true })
  const tool = join(packagesFolder, 'electron-vite', 'bin', 'electron-vite.js')
  await run(process.execPath, [tool, 'build', '--logLevel=warn', `--outDir=${partial}`], {
    cwd: projectFolder,
    what: 'Building (electron-vite build)',
  })
  const predictor = join(projectFolder, 'scripts', 'setup', 'predictor.mjs')
  await run(process.execPath, [predictor, join(partial, 'main', 'knowledge')], {
    cwd: projectFolder,
    what: 'Building the predictor (vite build)',
  })
  await writeAtomic(join(partial, stampName), stamp)
  await replaceFolder(partial, output)
  progress.done()
}
