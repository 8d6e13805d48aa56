import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createEngineClient } from '../../../src/main/platform/engine-client'
import { outcome, webSocketChannel } from './socket'
import { writeSpoiled } from './spoiled'
import type { Folder, Server } from './support'
import { errorCode, graftbench, isRecord, startServer, temporaryFolder } from './support'

let folder: Folder
let server: Server

beforeAll(async () => {
  folder = await temporaryFolder()
  server = await startServer(folder.path)
})

afterAll(async () => {
  await server.stop()
  await folder.remove()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

/** A request with exactly these headers; the path goes out as it is written. */
function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, path, method, headers: { ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('latin1'),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${server.token}` })

async function cookie(): Promise<string> {
  const { headers } = await ask(`/?token=${server.token}`)
  const [set = ''] = headers['set-cookie'] ?? []
  return set.split(';')[0] ?? ''
}

describe('the printed address', () => {
  it('lets a browser in with a cookie that scripts and other sites cannot use', async () => {
    const { status, headers, body } = await ask(`/?token=${server.token}`)
    expect(status).toBe(200)
    expect(headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/)
    expect(headers['set-cookie']?.[0]).not.toContain(server.token)
    expect(headers['cache-control']).toBe('no-store')
    expect(body).toContain('url=/"')
  })

  it('is refused with a token of another start', async () => {
    const { status, headers } = await ask(`/?token=${'A'.repeat(43)}`)
    expect(status).toBe(401)
    expect(headers['set-cookie']).toBeUndefined()
  })
})

describe('who may ask', () => {
  it('refuses a page, an upload and a download without the secret', async () => {
    expect((await ask('/')).status).toBe(401)
    expect((await ask('/upload?name=a.csv', { method: 'POST', body: 'x' })).status).toBe(401)
    expect((await ask('/download?path=/etc/passwd')).status).toBe(401)
    const old = { Authorization: `Bearer ${'B'.repeat(43)}` }
    expect((await ask('/', { headers: old })).status).toBe(401)
  })

  it('refuses a rebound DNS name even with the secret', async () => {
    const headers = { ...bearer(), Host: `attacker.example:${server.port}` }
    expect((await ask('/', { headers })).status).toBe(403)
    const token = await ask(`/?token=${server.token}`, { headers: { Host: 'attacker.example' } })
    expect(token.status).toBe(403)
    expect(token.headers['set-cookie']).toBeUndefined()
    const trick = { ...bearer(), Host: '127.0.0.1.attacker.example' }
    expect((await ask('/', { headers: trick })).status).toBe(403)
  })

  it('refuses another origin even with the cookie', async () => {
    const headers = { Cookie: await cookie(), Origin: 'https://attacker.example' }
    expect((await ask('/', { headers })).status).toBe(403)
    const nowhere = { Cookie: await cookie(), Origin: 'null' }
    expect((await ask('/', { headers: nowhere })).status).toBe(403)
    const port = { Cookie: await cookie(), Origin: 'http://127.0.0.1:1' }
    expect((await ask('/', { headers: port })).status).toBe(403)
  })

  it('refuses a cookie that changes something without naming its origin', async () => {
    const headers = { Cookie: await cookie() }
    const { status } = await ask('/upload?name=a.csv', { method: 'POST', headers, body: 'x' })
    expect(status).toBe(403)
  })

  it('refuses what another site embeds', async () => {
    const headers = {
      Cookie: await cookie(),
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'no-cors',
    }
    expect((await ask('/', { headers })).status).toBe(403)
  })
})

describe('pages', () => {
  it('come with a policy that loads nothing from elsewhere', async () => {
    const { status, headers } = await ask('/', { headers: bearer() })
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("script-src 'self';")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cache-control']).toBe('no-store')
  })

  it.each([
    '/../main/headless.cjs',
    '/..%2fmain%2fheadless.cjs',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cmain%5cengine.cjs',
    '//etc/passwd.html',
    '/index.html%00.js',
    '/%',
    '/.hidden/a.js',
  ])('do not lead out of their folder: %s', async (path) => {
    const { status, body } = await ask(path, { headers: bearer() })
    expect([400, 404]).toContain(status)
    expect(body).not.toContain('graftbench')
  })

  it('know only the methods they need', async () => {
    const { status } = await ask('/', { method: 'DELETE', headers: bearer() })
    expect(status).toBe(405)
  })
})

describe('uploads', () => {
  const upload = (query: string, body: string | Buffer = 'text,label\n'): Promise<Answer> =>
    ask(`/upload?${query}`, { method: 'POST', headers: bearer(), body })

  it('stream a file into the workspace, whole', async () => {
    const body = Buffer.alloc(3_000_000, 7)
    const { status, body: answer } = await upload('name=rows%20of%20mine.csv', body)
    expect(status).toBe(200)
    const uploaded: unknown = JSON.parse(answer)
    if (!isRecord(uploaded) || typeof uploaded['path'] !== 'string') throw new Error(answer)
    expect(uploaded['bytes']).toBe(body.length)
    expect(uploaded['path']).toMatch(/uploads\/[0-9a-f]{16}\/rows of mine\.csv$/)
    expect((await readFile(uploaded['path'])).equals(body)).toBe(true)
  })

  it('keep names in every script', async () => {
    const { body } = await upload(`name=${encodeURIComponent('评论：一.csv')}`)
    expect(Buffer.from(body, 'latin1').toString('utf8')).toContain('/评论：一.csv"')
    expect((await upload(`name=${encodeURIComponent('.?.csv')}`)).body).toContain('/-.csv"')
  })

  it('put the files of a folder together', async () => {
    await upload('name=model/config.json&group=abcdefgh1')
    await upload('name=model/vocab.txt&group=abcdefgh1')
    const place = join(folder.path, 'uploads', 'abcdefgh1', 'model')
    expect((await stat(join(place, 'config.json'))).isFile()).toBe(true)
    expect((await stat(join(place, 'vocab.txt'))).isFile()).toBe(true)
  })

  it.each([
    'name=../../a.csv',
    'name=a/../../b.csv',
    'name=..%5Ca.csv',
    'name=',
    'name=a&group=..',
  ])('are refused by name: %s', async (query) => {
    const { status, body } = await upload(query)
    expect(status).toBe(400)
    expect(body).toMatch(/"code":"(archive\.unsafePath|input\.invalid)"/)
  })

  it('are refused before they start when they are too large', async () => {
    const headers = { ...bearer(), 'Content-Length': String(20 * 1024 ** 3) }
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: server.port,
          path: '/upload?name=a.csv',
          method: 'POST',
          headers,
        },
        (response) => {
          resolve(response.statusCode)
          sent.destroy()
        },
      )
      sent.on('error', reject)
      sent.flushHeaders()
    })
    expect(status).toBe(400)
  })

  it('leave nothing of a folder behind when one of its files is refused', async () => {
    await upload('name=model/config.json&group=abcdefgh2')
    const { status, body } = await upload('name=model&group=abcdefgh2')
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).not.toContain(folder.path)
    expect(await readdir(join(folder.path, 'uploads'))).not.toContain('abcdefgh2')
  })
})

describe('downloads', () => {
  const download = (path: string): Promise<Answer> =>
    ask(`/download?path=${encodeURIComponent(path)}`, { headers: bearer() })

  it('refuse every file that is not a result', async () => {
    for (const path of [
      '/etc/passwd',
      join(folder.path, 'graftbench.db'),
      join(folder.path, 'uploads/exports/../../graftbench.db'),
      join(folder.path, 'nothing'),
      '',
    ]) {
      expect((await download(path)).status).toBe(404)
    }
  })

  it('give what was written for the browser, a folder as a zip', async () => {
    const { mkdir } = await import('node:fs/promises')
    const place = join(folder.path, 'uploads', 'exports', 'model')
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'config.json'), '{"a":1}')
    const file = await download(join(place, 'config.json'))
    expect(file.status).toBe(200)
    expect(file.body).toBe('{"a":1}')
    expect(file.headers['content-disposition']).toContain('attachment')
    const zip = await download(place)
    expect(zip.status).toBe(200)
    expect(zip.headers['content-type']).toBe('application/zip')
    expect(zip.body.startsWith('PK\u0003\u0004')).toBe(true)
    expect(zip.body).toContain('model/config.json')
  })

  it('do not follow a link out of the folder', async () => {
    const link = join(folder.path, 'uploads', 'exports', 'link.db')
    await symlink(join(folder.path, 'graftbench.db'), link)
    expect((await download(link)).status).toBe(404)
  })
})

describe('the contract over WebSocket', () => {
  const connect = (headers: Record<string, string>): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers })

  const opened = (socket: WebSocket): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      socket.on('open', () => resolve(socket))
      socket.on('error', reject)
    })

  const closed = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => socket.on('close', (code) => resolve(code)))

  const answered = (socket: WebSocket): Promise<unknown> =>
    new Promise((resolve) => socket.on('message', (data) => resolve(JSON.parse(String(data)))))

  it('answers calls and refuses malformed ones with a code', async () => {
    const socket = await opened(connect(bearer()))
    const first = answered(socket)
    socket.send(JSON.stringify({ id: 1, procedure: 'system.info', input: {} }))
    expect(await first).toMatchObject({ type: 'result', id: 1, result: { workspace: folder.path } })
    const second = answered(await opened(connect(bearer())))
    socket.close()
    void second
    const other = await opened(connect(bearer()))
    const refused = answered(other)
    other.send(JSON.stringify({ id: 2, procedure: 'no.such', input: {} }))
    expect(await refused).toMatchObject({
      type: 'error',
      id: 2,
      error: { code: 'input.unknownProcedure' },
    })
    other.close()
  })

  it('tells what cannot be used by the same codes as every front', async () => {
    const client = createEngineClient(webSocketChannel(await opened(connect(bearer()))))
    for (const { code, path, kind } of await writeSpoiled(folder.path)) {
      const started =
        kind === 'rows'
          ? client.call('datasets.import', { files: [{ path }] })
          : client.call('models.import', { path })
      expect(await outcome(client, started)).toBe(code)
    }
    client.close()
  })

  it('is open to a page of its own origin with the cookie', async () => {
    const headers = { Cookie: await cookie(), Origin: `http://127.0.0.1:${server.port}` }
    const socket = await opened(connect(headers))
    socket.close()
    expect(await closed(socket)).toBe(1005)
  })

  it.each([
    ['no secret', () => Promise.resolve({})],
    ['an old token', () => Promise.resolve({ Authorization: `Bearer ${'C'.repeat(43)}` })],
    [
      'a foreign origin',
      async () => ({ Cookie: await cookie(), Origin: 'https://attacker.example' }),
    ],
    ['a cookie without an origin', async () => ({ Cookie: await cookie() })],
    [
      'a rebound name',
      () => Promise.resolve({ ...bearer(), Host: `attacker.example:${server.port}` }),
    ],
  ])('is refused on upgrade with %s', async (_name, headers) => {
    const attempt = opened(connect(await headers()))
    await expect(attempt).rejects.toThrow(/Unexpected server response: 40[13]/)
  })

  it('closes on a frame above 64 MiB, and serves others on', async () => {
    const socket = await opened(connect(bearer()))
    const other = await opened(connect(bearer()))
    socket.on('error', () => undefined)
    const end = closed(socket)
    socket.send(Buffer.alloc(64 * 1024 * 1024 + 1, 0x20), { binary: false })
    expect(await end).toBe(1009)
    const answer = answered(other)
    other.send(JSON.stringify({ id: 3, procedure: 'projects.list', input: {} }))
    expect(await answer).toMatchObject({ type: 'result', id: 3 })
    other.close()
  })

  it.each(['{', '[]', '"text"', '{"id":"1","procedure":"x"}', '{"id":1}'])(
    'closes on what is not a call: %s',
    async (text) => {
      const socket = await opened(connect(bearer()))
      const end = closed(socket)
      socket.send(text)
      expect(await end).toBe(1007)
    },
  )

  it('closes on a flood', async () => {
    const socket = await opened(connect(bearer()))
    const end = closed(socket)
    for (let id = 0; id < 4000; id += 1) {
      socket.send(JSON.stringify({ id, procedure: 'no.such', input: {} }))
    }
    expect(await end).toBe(1008)
  })
})

describe('the server itself', () => {
  it('says which port is in use', async () => {
    const args = ['--workspace', folder.path, '--json', 'serve', '--port', String(server.port)]
    const finished = await graftbench(args)
    expect(finished.code).toBe(1)
    expect(errorCode(finished)).toBe('serve.portInUse')
  })

  it('refuses a port that is none', async () => {
    const finished = await graftbench(['--json', 'serve', '--port', '70000'])
    expect(finished.code).toBe(2)
    expect(errorCode(finished)).toBe('input.invalid')
  })

  it('shares its workspace with a command line', async () => {
    const finished = await graftbench(['--workspace', folder.path, '--json', 'recipe', 'schema'])
    expect(finished.stderr).toBe('')
    expect(finished.code).toBe(0)
  })
})
