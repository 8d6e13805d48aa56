import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HubProgress, HubRequest } from '../../../src/main/formats/hub'
import { downloadModel } from '../../../src/main/formats/hub'

const weights = Buffer.from(Uint8Array.from({ length: 400_000 }, (_, at) => (at * 31) % 251))
const files: Readonly<Record<string, Buffer>> = {
  'config.json': Buffer.from('{"model_type":"bert"}'),
  'tokenizer.json': Buffer.from('{"model":{}}'),
  'model.safetensors': weights,
}
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const gitSha = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => boolean

interface Hub {
  readonly endpoint: string
  readonly requests: {
    path: string
    authorization: string | undefined
    range: string | undefined
  }[]
  close(): Promise<void>
}

const open: Hub[] = []

/** A hub on this machine; `special` may answer a request itself. `count`: requests of this path so far. */
async function startHub(special: Handler = () => false, list = siblings()): Promise<Hub> {
  const requests: Hub['requests'] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://hub').pathname
    const { authorization, range } = request.headers
    const count = requests.filter((seen) => seen.path === path).length
    requests.push({ path, authorization, range })
    if (!special(request, response, count)) answer(path, range, response, list)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const hub = {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
  open.push(hub)
  return hub
}

function siblings(extra: Readonly<Record<string, unknown>> = {}): unknown {
  const entries = Object.entries(files).map(([rfilename, bytes]) =>
    rfilename.endsWith('.safetensors')
      ? { rfilename, size: bytes.length, lfs: { sha256: sha256(bytes), size: bytes.length } }
      : { rfilename, size: bytes.length, blobId: gitSha(bytes) },
  )
  return { sha: 'c0ffee', siblings: entries, ...extra }
}

function answer(
  path: string,
  range: string | undefined,
  response: ServerResponse,
  list: unknown,
): void {
  if (path.startsWith('/api/')) {
    response.end(JSON.stringify(list))
    return
  }
  const bytes = files[path.split('/').at(-1) ?? '']
  if (bytes === undefined) {
    response.writeHead(404).end()
    return
  }
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
  const headers = { etag: '"tag"', 'content-length': bytes.length - start }
  if (start === 0) response.writeHead(200, headers)
  else
    response.writeHead(206, {
      ...headers,
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    })
  response.end(bytes.subarray(start))
}

const isWeights = (request: IncomingMessage): boolean =>
  request.url?.includes('safetensors') === true

/** Sends the beginning of the weights and then cuts the connection. */
const cut = (response: ServerResponse, bytes: number): true => {
  response.writeHead(200, { etag: '"tag"', 'content-length': weights.length })
  response.write(weights.subarray(0, bytes), () => setTimeout(() => response.destroy(), 30))
  return true
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hub-'))
})
afterEach(async () => {
  for (const hub of open.splice(0)) await hub.close()
  await rm(folder, { recursive: true })
})

const download = (hub: Hub, request: Partial<HubRequest> = {}): ReturnType<typeof downloadModel> =>
  downloadModel(
    {
      repo: 'owner/model',
      endpoint: hub.endpoint,
      token: '',
      idleMs: 300,
      delayMs: 1,
      retries: 3,
      ...request,
    },
    folder,
  )

const expectModel = async (at: string): Promise<void> => {
  expect((await readdir(at)).toSorted()).toEqual(Object.keys(files).toSorted())
  for (const [name, bytes] of Object.entries(files)) {
    expect((await readFile(join(at, name))).equals(bytes)).toBe(true)
  }
}

describe('a download', () => {
  it('fetches the files of a model, verified, and says how far it is', async () => {
    const hub = await startHub()
    const seen: HubProgress[] = []
    const { folder: at, commit } = await download(hub, {
      onProgress: (progress) => seen.push(progress),
    })
    await expectModel(at)
    expect(commit).toBe('c0ffee')
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total)
    expect(seen.map(({ done }) => done)).toEqual(
      seen.map(({ done }) => done).toSorted((a, b) => a - b),
    )
    const before = hub.requests.length
    await download(hub)
    expect(hub.requests.length).toBe(before + 1)
  })

  it('continues where a connection was cut', async () => {
    const hub = await startHub(
      (request, response, count) => isWeights(request) && count === 0 && cut(response, 150_000),
    )
    await expectModel((await download(hub)).folder)
    const ranges = hub.requests
      .filter(({ path }) => path.includes('safetensors'))
      .map(({ range }) => range)
    expect(ranges).toEqual([undefined, 'bytes=150000-'])
  })

  it('continues in a later call where an earlier one was given up', async () => {
    let broken = true
    const hub = await startHub(
      (request, response) => broken && isWeights(request) && cut(response, 150_000),
    )
    await expect(download(hub, { retries: 0 })).rejects.toMatchObject({ code: 'hub.truncated' })
    broken = false
    await expectModel((await download(hub)).folder)
    expect(hub.requests.at(-1)?.range).toBe('bytes=150000-')
  })

  it('goes on when a server stalls', async () => {
    const hub = await startHub((request, response, count) => {
      if (!isWeights(request) || count > 0) return false
      response.writeHead(200, { etag: '"tag"', 'content-length': weights.length })
      response.write(weights.subarray(0, 1000))
      return true
    })
    await expectModel((await download(hub)).folder)
  })

  it('starts over when the file behind the name is another one now', async () => {
    let first = true
    const hub = await startHub((request, response) => {
      if (!isWeights(request)) return false
      if (first) {
        first = false
        response.writeHead(200, { etag: '"old"', 'content-length': weights.length })
        response.write(Buffer.alloc(1000, 7), () => setTimeout(() => response.destroy(), 30))
        return true
      }
      expect(request.headers['if-range']).toBe('"old"')
      response.writeHead(200, { etag: '"tag"', 'content-length': weights.length }).end(weights)
      return true
    })
    await expectModel((await download(hub)).folder)
  })

  it('waits and repeats when the hub is busy', async () => {
    const hub = await startHub((_request, response, count) => {
      if (count > 0) return false
      response.writeHead(503).end()
      return true
    })
    await expectModel((await download(hub)).folder)
  })

  it('can be cancelled', async () => {
    const controller = new AbortController()
    const hub = await startHub((request, response) => {
      if (!isWeights(request)) return false
      response.writeHead(200, { 'content-length': weights.length })
      response.write(weights.subarray(0, 1000))
      setTimeout(() => controller.abort(), 30)
      return true
    })
    await expect(download(hub, { signal: controller.signal, idleMs: 5000 })).rejects.toMatchObject({
      code: 'cancelled',
    })
  })
})

describe('a file that is not what it should be', () => {
  const refused = async (special: Handler, code: string): Promise<void> => {
    const hub = await startHub(special)
    await expect(download(hub)).rejects.toMatchObject({ code })
    const names = await readdir(join(folder, 'owner--model-c0ffee'))
    expect(names).not.toContain('model.safetensors')
  }

  it('is never used when its bytes were altered', () =>
    refused((request, response) => {
      if (!isWeights(request)) return false
      const altered = Buffer.from(weights)
      altered[5] = 255
      response.writeHead(200, { 'content-length': altered.length }).end(altered)
      return true
    }, 'hub.checksum'))

  it('is never used when it is cut again and again', () =>
    refused((request, response) => isWeights(request) && cut(response, 10), 'hub.truncated'))

  it('is never used when the server says it is shorter than it is', () =>
    refused((request, response) => {
      if (!isWeights(request)) return false
      response.writeHead(200, { 'content-length': 10 }).end(weights.subarray(0, 10))
      return true
    }, 'hub.truncated'))

  it('is never used when more is sent than it has', () =>
    refused((request, response) => {
      if (!isWeights(request)) return false
      response.writeHead(200).end(Buffer.concat([weights, weights]))
      return true
    }, 'hub.unreachable'))

  it('is never used when a small file was altered', async () => {
    const hub = await startHub((request, response) => {
      if (request.url?.includes('resolve/c0ffee/config.json') !== true) return false
      response.end('{"model_type":"evil"}')
      return true
    })
    await expect(download(hub)).rejects.toMatchObject({ code: 'hub.checksum' })
  })

  it('is not fetched when the hub has no checksum of it', async () => {
    const list = { sha: 'c0ffee', siblings: Object.keys(files).map((rfilename) => ({ rfilename })) }
    await expect(download(await startHub(undefined, list))).rejects.toMatchObject({
      code: 'hub.checksum',
    })
  })
})

describe('a hub that refuses', () => {
  const status =
    (code: number): Handler =>
    (_request, response) => {
      response.writeHead(code).end()
      return true
    }

  it.each([
    [401, 'hub.unauthorized'],
    [403, 'hub.unauthorized'],
    [404, 'hub.notFound'],
    [500, 'hub.unreachable'],
    [418, 'hub.unreachable'],
  ])('is named: %d', async (code, expected) => {
    await expect(download(await startHub(status(code)))).rejects.toMatchObject({ code: expected })
  })

  it('is named when it is not there, or no hub at all', async () => {
    const hub = await startHub((_request, response) => {
      response.end('<html>Welcome</html>')
      return true
    })
    await expect(download(hub)).rejects.toMatchObject({ code: 'hub.unreachable' })
    await hub.close()
    await expect(download(hub)).rejects.toMatchObject({ code: 'hub.unreachable' })
    await expect(download({ ...hub, endpoint: 'ftp://hub' })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })

  it('is named when the model is pickled or no model', async () => {
    const only = (names: readonly string[]): unknown => ({
      sha: 'c0',
      siblings: names.map((rfilename) => ({ rfilename })),
    })
    const pickled = await startHub(undefined, only(['config.json', 'pytorch_model.bin']))
    await expect(download(pickled)).rejects.toMatchObject({ code: 'model.pickleRefused' })
    await expect(download(await startHub(undefined, only(['data.csv'])))).rejects.toMatchObject({
      code: 'model.configMissing',
    })
  })
})

describe('the token', () => {
  it('goes to the hub alone, not to where it redirects', async () => {
    const store = await startHub((_request, response) => {
      response.end(weights)
      return true
    })
    const hub = await startHub((request, response) => {
      if (!isWeights(request)) return false
      response
        .writeHead(302, {
          location: `${store.endpoint}/blob`,
          'x-linked-etag': `"${sha256(weights)}"`,
        })
        .end()
      return true
    })
    await expectModel((await download(hub, { token: 'secret' })).folder)
    expect(new Set(hub.requests.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer secret']),
    )
    expect(store.requests.map(({ authorization }) => authorization)).toEqual([undefined])
  })

  it('does not follow redirects without end', async () => {
    const hub = await startHub((request, response) => {
      response.writeHead(302, { location: request.url ?? '/' }).end()
      return true
    })
    await expect(download(hub)).rejects.toMatchObject({ code: 'hub.unreachable' })
  })
})
