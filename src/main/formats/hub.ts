import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GraftError } from '@shared/errors'
import { requireFreeBytes } from '../platform/disk'
import { fileNameOf, safeJoin } from '../platform/paths'
import type { HubClient, HubOptions } from './hub-client'
import { createHubClient } from './hub-client'
import type { Digest, RemoteFile } from './hub-file'
import { fetchFile } from './hub-file'
import { tokenizerFiles } from './tokenizer-files'
import { readWeightIndex, weightFile, weightIndex } from './weights'

export interface HubProgress {
  readonly file: string
  /** Bytes of all files. */
  readonly done: number
  /** Null while the hub does not say how large a file is. */
  readonly total: number | null
}

export interface HubRequest extends HubOptions {
  /** `name` or `owner/name`. */
  readonly repo: string
  readonly revision?: string | undefined
  readonly onProgress?: ((progress: HubProgress) => void) | undefined
}

export interface HubDownload {
  /** The files of the model, each verified. */
  readonly folder: string
  readonly endpoint: string
  /** The commit that the revision stood for. */
  readonly commit: string
}

const listSchema = z.looseObject({
  sha: z.string().regex(/^[\w.-]+$/),
  siblings: z.array(
    z.looseObject({
      rfilename: z.string(),
      size: z.number().nullish(),
      blobId: z.string().nullish(),
      lfs: z.looseObject({ sha256: z.string().nullish(), size: z.number().nullish() }).nullish(),
    }),
  ),
})
type RemoteList = z.output<typeof listSchema>
type Sibling = RemoteList['siblings'][number]

const smallFiles: readonly string[] = ['config.json', 'README.md', 'LICENSE', ...tokenizerFiles]
const mostListBytes = 50e6

/**
 * Fetches a model from a hub in the Hugging Face layout into a folder under `parent`. Every file
 * is verified; a call that was interrupted is continued by the next one.
 *
 * Throws hub.notFound, hub.unauthorized, hub.unreachable, hub.truncated, hub.checksum,
 * model.configMissing, model.weightsMissing, model.pickleRefused, disk.full, cancelled.
 */
export async function downloadModel(request: HubRequest, parent: string): Promise<HubDownload> {
  const client = createHubClient(request)
  const list = await listFiles(client, request)
  const { repo } = request
  const folder = join(parent, fileNameOf(`${repo.replace('/', '--')}-${list.sha}`))
  await mkdir(folder, { recursive: true })
  const remote = (file: Sibling): RemoteFile => describeFile(repo, list.sha, file)
  const fetchAll = async (files: readonly RemoteFile[], before: number): Promise<void> => {
    await requireFreeBytes(parent, sizeOf(files) ?? 0, `The model ${repo}`)
    const total = sizeOf(files)
    let done = before
    for (const file of files) {
      let now = 0
      await fetchFile(client, file, safeJoin(folder, file.name), (bytes) => {
        now = bytes
        const sum = total === null ? null : before + total
        request.onProgress?.({ file: file.name, done: done + bytes, total: sum })
      })
      done += now
    }
  }
  const small = list.siblings.filter(({ rfilename }) => smallFiles.includes(rfilename)).map(remote)
  const weights = chooseWeights(repo, list)
  if (weights.kind === 'single') {
    await fetchAll([...small, remote(weights.file)], 0)
  } else {
    await fetchAll([remote(weights.index)], 0)
    const shards = await readShards(join(folder, weightIndex), list)
    await fetchAll([...small, ...shards.map(remote)], weights.index.size ?? 0)
  }
  return { folder, endpoint: client.endpoint, commit: list.sha }
}

async function listFiles(client: HubClient, request: HubRequest): Promise<RemoteList> {
  const revision = encodeURIComponent(request.revision ?? 'main')
  const path = `/api/models/${encodeRepo(request.repo)}/revision/${revision}?blobs=true`
  const text = await client.withRetries(
    async () => {
      const { body } = await client.get(path)
      const chunks: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of body) {
        bytes += chunk.length
        if (bytes > mostListBytes) {
          throw new GraftError('hub.unreachable', `The file list of ${request.repo} is too large.`)
        }
        chunks.push(chunk)
      }
      return Buffer.concat(chunks).toString('utf8')
    },
    (reason) =>
      new GraftError(
        'hub.unreachable',
        `The hub ${client.endpoint} cannot be reached: ${reason}. Check the connection and HF_ENDPOINT.`,
        { endpoint: client.endpoint },
      ),
  )
  return parseList(text, client.endpoint, request.repo)
}

function parseList(text: string, endpoint: string, repo: string): RemoteList {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const checked = listSchema.safeParse(value)
  if (checked.success) return checked.data
  throw new GraftError(
    'hub.unreachable',
    `${endpoint} answers for ${repo}, but not as a hub in the Hugging Face layout does. Check HF_ENDPOINT.`,
    { endpoint },
  )
}

const encodeRepo = (repo: string): string => repo.split('/').map(encodeURIComponent).join('/')

const sizeOf = (files: readonly RemoteFile[]): number | null =>
  files.reduce<number | null>(
    (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
    0,
  )

function describeFile(repo: string, commit: string, file: Sibling): RemoteFile {
  const name = file.rfilename
  const path = `/${encodeRepo(repo)}/resolve/${commit}/${encodeRepo(name)}`
  return { name, path, bytes: file.lfs?.size ?? file.size ?? null, digest: digestOf(file) }
}

function digestOf({ lfs, blobId }: Sibling): Digest | null {
  if (lfs?.sha256) return { kind: 'sha256', hex: lfs.sha256 }
  return blobId && /^[0-9a-f]{40}$/.test(blobId) && !lfs ? { kind: 'git', hex: blobId } : null
}

type ChosenWeights =
  | { readonly kind: 'single'; readonly file: Sibling }
  | { readonly kind: 'shards'; readonly index: Sibling }

function chooseWeights(repo: string, list: RemoteList): ChosenWeights {
  const find = (name: string): Sibling | undefined =>
    list.siblings.find(({ rfilename }) => rfilename === name)
  if (find('config.json') === undefined) {
    throw new GraftError(
      'model.configMissing',
      `${repo} has no config.json, so it is no model in the Hugging Face layout.`,
      { repo },
    )
  }
  const file = find(weightFile)
  if (file !== undefined) return { kind: 'single', file }
  const index = find(weightIndex)
  if (index !== undefined) return { kind: 'shards', index }
  if (list.siblings.some(({ rfilename }) => /^pytorch_model.*\.bin$/.test(rfilename))) {
    throw new GraftError(
      'model.pickleRefused',
      `${repo} has its weights only as a pickled file: to read one is to run the program inside it. Look for a revision with ${weightFile}, such as refs/pr/….`,
      { repo },
    )
  }
  throw new GraftError('model.weightsMissing', `${repo} has no ${weightFile}.`, { repo })
}

async function readShards(path: string, list: RemoteList): Promise<readonly Sibling[]> {
  const { files } = await readWeightIndex(path)
  return files.map((name) => {
    const found = list.siblings.find(({ rfilename }) => rfilename === name)
    if (found !== undefined) return found
    throw new GraftError(
      'model.weightsMissing',
      `The hub has no ${name}, which ${weightIndex} names. Choose another revision.`,
      { file: name },
    )
  })
}
