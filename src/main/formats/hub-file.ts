import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GraftError } from '@shared/errors'
import { syncFolder } from '../platform/atomic'
import { describeFileError, exists } from '../platform/files'
import type { HubClient, HubResponse } from './hub-client'
import { PassingFailure } from './hub-client'

/** How the content of a file is known before it is read. */
export type Digest =
  | { readonly kind: 'sha256'; readonly hex: string }
  /** Git's name of small files: SHA-1 of `blob <size>\0` and the content. */
  | { readonly kind: 'git'; readonly hex: string }

export interface RemoteFile {
  readonly name: string
  /** Path of the request, from the endpoint. */
  readonly path: string
  readonly bytes: number | null
  readonly digest: Digest | null
}

/**
 * Fetches one file to `target`. What arrived of it is kept beside it (`.partial`) and continued,
 * also by a later call; only a file whose digest is right gets its name.
 *
 * Throws hub.truncated, hub.checksum, hub.unreachable, hub.notFound, hub.unauthorized, cancelled.
 */
export async function fetchFile(
  client: HubClient,
  file: RemoteFile,
  target: string,
  onBytes: (done: number) => void,
): Promise<void> {
  if (await isComplete(target, file)) return onBytes((await stat(target)).size)
  await mkdir(dirname(target), { recursive: true })
  const partial = `${target}.partial`
  const exhausted = (reason: string): GraftError =>
    new GraftError(
      /ended|terminated|closed|stopped|aborted|reset/i.test(reason)
        ? 'hub.truncated'
        : 'hub.unreachable',
      `${file.name} could not be fetched in full: ${reason}. What arrived is kept; try again to continue.`,
      { file: file.name },
    )
  let damagedOnce = false
  await client.withRetries(async () => {
    const digest = await receive(client, file, partial, onBytes)
    const wrong = await findDifference(partial, digest)
    if (wrong === undefined) return
    await forget(partial)
    if (damagedOnce) throw checksumError(file, wrong)
    damagedOnce = true
    throw new PassingFailure(wrong)
  }, exhausted)
  await rename(partial, target).catch((error: unknown) => {
    throw describeFileError(error, target)
  })
  await rm(tagPath(partial), { force: true })
  await syncFolder(dirname(target))
}

const tagPath = (partial: string): string => `${partial}.etag`

async function forget(partial: string): Promise<void> {
  await rm(partial, { force: true })
  await rm(tagPath(partial), { force: true })
}

const checksumError = (file: RemoteFile, reason: string): GraftError =>
  new GraftError(
    'hub.checksum',
    `${file.name} was altered on its way: ${reason}. It was not used.`,
    {
      file: file.name,
    },
  )

async function isComplete(target: string, file: RemoteFile): Promise<boolean> {
  if (file.digest === null || !(await exists(target))) return false
  return (await findDifference(target, file.digest)) === undefined
}

/** Receives what is missing of the file, and says by which digest it is to be checked. */
async function receive(
  client: HubClient,
  file: RemoteFile,
  partial: string,
  onBytes: (done: number) => void,
): Promise<Digest> {
  const kept = await keptPart(partial, file)
  if (kept !== undefined && file.digest !== null && kept.bytes === file.bytes) return file.digest
  const range: Readonly<Record<string, string>> =
    kept === undefined ? {} : { range: `bytes=${kept.bytes}-`, 'if-range': kept.etag }
  const answer = await client.get(file.path, range).catch(async (error: unknown) => {
    if (error instanceof PassingFailure && /answers 416/.test(error.message)) await forget(partial)
    throw error
  })
  const start = startOf(answer, kept?.bytes ?? 0)
  const digest = file.digest ?? digestOf(answer)
  if (digest === null) {
    await answer.body.return()
    throw new GraftError(
      'hub.checksum',
      `The hub gives no checksum for ${file.name}, so that it cannot be verified. It was not fetched.`,
      { file: file.name },
    )
  }
  const etag = answer.response.headers.get('etag')
  if (etag !== null && !etag.startsWith('W/')) await writeFile(tagPath(partial), etag)
  else await rm(tagPath(partial), { force: true })
  await append(partial, start, file, answer, onBytes)
  return digest
}

/** What an earlier attempt left, when it can be continued: its length and the entity it is of. */
async function keptPart(
  partial: string,
  file: RemoteFile,
): Promise<{ readonly bytes: number; readonly etag: string } | undefined> {
  if (!(await exists(partial)) || !(await exists(tagPath(partial)))) return undefined
  const { size } = await stat(partial)
  if (size === 0 || (file.bytes !== null && size > file.bytes)) return undefined
  return { bytes: size, etag: await readFile(tagPath(partial), 'utf8') }
}

function startOf({ response }: HubResponse, asked: number): number {
  if (response.status !== 206) return 0
  const from = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  if (from !== undefined && Number(from) === asked) return asked
  throw new PassingFailure('the server answered with another part than was asked for')
}

async function append(
  partial: string,
  start: number,
  file: RemoteFile,
  { body, response }: HubResponse,
  onBytes: (done: number) => void,
): Promise<void> {
  const rest = Number(response.headers.get('content-length') ?? NaN)
  const claimed = Number.isFinite(rest) ? start + rest : null
  const output = await open(partial, start === 0 ? 'w' : 'r+').catch((error: unknown) => {
    throw describeFileError(error, partial)
  })
  let at = start
  try {
    for await (const chunk of body) {
      if (file.bytes !== null && at + chunk.length > file.bytes) {
        throw new PassingFailure(`more than the ${file.bytes} bytes of the file were sent`)
      }
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await output.write(chunk, done, chunk.length - done, at + done)
        done += bytesWritten
      }
      at += chunk.length
      onBytes(at)
    }
    await output.truncate(at)
    await output.sync()
  } catch (error) {
    throw describeFileError(error, partial)
  } finally {
    await output.close()
  }
  const expected = file.bytes ?? claimed
  if (expected !== null && at < expected) {
    throw new PassingFailure(`the connection ended after ${at} of ${expected} bytes`)
  }
}

/** The hub names large files by SHA-256 and small ones as git does, in the tags of its answer. */
function digestOf({ first }: HubResponse): Digest | null {
  const tag = (first.get('x-linked-etag') ?? first.get('etag') ?? '').replace(/^W\/|"/g, '')
  if (/^[0-9a-f]{64}$/.test(tag)) return { kind: 'sha256', hex: tag }
  return /^[0-9a-f]{40}$/.test(tag) ? { kind: 'git', hex: tag } : null
}

/** Undefined when the file has the digest; otherwise what is wrong, for a person. */
async function findDifference(path: string, digest: Digest): Promise<string | undefined> {
  const { size } = await stat(path)
  const hash = createHash(digest.kind === 'git' ? 'sha1' : 'sha256')
  if (digest.kind === 'git') hash.update(`blob ${size}\0`)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  const found = hash.digest('hex')
  if (found === digest.hex) return undefined
  const name = digest.kind === 'git' ? 'git SHA-1' : 'SHA-256'
  return `its ${name} is ${found}, expected is ${digest.hex}`
}
