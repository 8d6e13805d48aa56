import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { GraftError } from '@shared/errors'
import type { EngineClient } from '../../platform/engine-client'
import { describeFileError } from '../../platform/files'
import { isInside } from '../../platform/paths'
import { pageHeaders } from '../../platform/renderer-files'
import { exportsName } from './upload'

/**
 * Streams a file, or a folder as a zip. Only what Graftbench wrote for the person may be fetched:
 * `uploads/exports` of the workspace, exported models, and results of predictions.
 */
export async function sendDownload(
  response: ServerResponse,
  wanted: string,
  uploads: string,
  engine: EngineClient,
): Promise<void> {
  const path = await realpath(wanted).catch((error: unknown) => {
    throw describeFileError(error, wanted)
  })
  const allowed = [join(uploads, exportsName), ...(await resultPaths(engine))]
  const real = await Promise.all(allowed.map((each) => realpath(each).catch(() => null)))
  if (!real.some((each) => each !== null && isInside(each, path))) {
    throw new GraftError('notFound', `${wanted} is not a result of Graftbench.`, { path: wanted })
  }
  const found = await stat(path)
  if (found.isDirectory()) await sendFolder(response, path)
  else await sendFile(response, path, found.size)
}

/** Paths that finished jobs wrote. */
async function resultPaths(engine: EngineClient): Promise<readonly string[]> {
  const [jobs, artifacts] = await Promise.all([
    engine.call('jobs.list', {}),
    engine.call('exports.list', {}),
  ])
  const results = jobs.flatMap((job) =>
    job.state.kind === 'finished' && (job.kind === 'prediction' || job.kind === 'export')
      ? pathOf(job.state.result)
      : [],
  )
  return [...results, ...artifacts.map((artifact) => artifact.path)]
}

const pathOf = (result: unknown): readonly string[] =>
  typeof result === 'object' && result !== null && 'path' in result
    ? [result.path].filter((path) => typeof path === 'string')
    : []

const headers = (name: string, contentType: string): Record<string, string> => ({
  ...pageHeaders(),
  'Content-Type': contentType,
  'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  'Cache-Control': 'no-store',
})

async function sendFile(response: ServerResponse, path: string, bytes: number): Promise<void> {
  response.writeHead(200, {
    ...headers(basename(path), 'application/octet-stream'),
    'Content-Length': bytes,
  })
  await pipeline(createReadStream(path), response)
}

async function sendFolder(response: ServerResponse, folder: string): Promise<void> {
  const zip = new ZipFile()
  const name = basename(folder)
  for (const file of await filesOf(folder)) {
    // Weights hardly shrink: stored as they are, the zip streams at the speed of the disk.
    const compress = !file.endsWith('.safetensors')
    zip.addFile(join(folder, file), `${name}/${file}`, { compress })
  }
  zip.end()
  response.writeHead(200, headers(`${name}.zip`, 'application/zip'))
  await pipeline(Readable.from(zip.outputStream), response)
}

/** Regular files under a folder, by path with `/`; links are left out. */
async function filesOf(folder: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true })
  const lists = await Promise.all(
    entries.map((entry) => {
      const name = `${prefix}${entry.name}`
      if (entry.isDirectory()) return filesOf(folder, `${name}/`)
      return Promise.resolve(entry.isFile() ? [name] : [])
    }),
  )
  return lists.flat().sort()
}
