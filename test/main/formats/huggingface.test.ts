import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  importModelFolder,
  openWeights,
  readModelFolder,
} from '../../../src/main/formats/huggingface'
import {
  classifierConfig,
  writeHuggingFaceFolder,
} from '../../../src/main/formats/huggingface-export'
import { modelCard } from '../../../src/main/formats/modelcard'
import type { TensorInput } from '../../../src/main/formats/safetensors'
import { withSafetensors, writeSafetensors } from '../../../src/main/formats/safetensors'

const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures/parity', name)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'))
})
afterEach(() => rm(folder, { recursive: true }))

const copy = async (name = 'bert-classify'): Promise<string> => {
  const target = join(folder, 'model')
  await cp(fixture(name), target, { recursive: true })
  return target
}
const edit = async (
  model: string,
  change: (config: Record<string, unknown>) => void,
): Promise<void> => {
  const path = join(model, 'config.json')
  const config: Record<string, unknown> = JSON.parse(await readFile(path, 'utf8'))
  change(config)
  await writeFile(path, JSON.stringify(config))
}
const tensorsOf = (path: string): Promise<TensorInput[]> =>
  withSafetensors(path, (file) =>
    Promise.all(
      [...file.tensors].map(async ([name, { dtype, shape }]) => ({
        name,
        dtype,
        shape,
        data: (await file.read(name)).data,
      })),
    ),
  )

describe('a model folder', () => {
  it.each([
    ['bert-classify', 'bert', 3],
    ['distilbert-classify', 'distilbert', 3],
    ['roberta-classify', 'roberta', 3],
  ])('is described: %s', async (name, family, labels) => {
    const model = await readModelFolder(fixture(name))
    expect(model.family).toBe(family)
    expect(model.labels).toHaveLength(labels)
    expect(model.maxLength).toBe(64)
    expect(model.parameters).toBeGreaterThan(10_000)
    expect(model.files.map((file) => file.name)).toContain('tokenizer.json')
  })

  it('may have its weights in several files', async () => {
    const model = await copy()
    const path = join(model, 'model.safetensors')
    const all = await tensorsOf(path)
    const [first, second] = [all.slice(0, 5), all.slice(5)]
    await writeSafetensors(join(model, 'a.safetensors'), first)
    await writeSafetensors(join(model, 'b.safetensors'), second)
    const map = Object.fromEntries([
      ...first.map(({ name }) => [name, 'a.safetensors']),
      ...second.map(({ name }) => [name, 'b.safetensors']),
    ])
    const put = (weight_map: unknown): Promise<void> =>
      writeFile(join(model, 'model.safetensors.index.json'), JSON.stringify({ weight_map }))
    await put(map)
    await rm(path)
    const weights = await openWeights(model)
    for (const { name, data } of all) expect((await weights.read(name)).data).toEqual(data)
    await weights.close()
    expect((await readModelFolder(model)).files.map(({ name }) => name)).toContain('b.safetensors')

    await put({ ...map, nothing: 'a.safetensors' })
    await expect(openWeights(model)).rejects.toMatchObject({ code: 'model.weightsMismatch' })
    await put({ ...map, x: 'c.safetensors' })
    await expect(openWeights(model)).rejects.toMatchObject({ code: 'model.weightsMissing' })
    await put({ x: '../../secret.safetensors' })
    await expect(openWeights(model)).rejects.toMatchObject({ code: 'archive.unsafePath' })
  })

  it('is copied under the hash of its content, once, without what does not belong to it', async () => {
    const model = await copy()
    const parent = join(folder, 'models')
    const one = await importModelFolder(model, parent)
    expect(await readdir(one.folder)).not.toContain('expected.json')
    expect((await importModelFolder(model, parent)).folder).toBe(one.folder)
    await edit(model, (config) => (config['layer_norm_eps'] = 1e-6))
    expect((await importModelFolder(model, parent)).hash).not.toBe(one.hash)
    expect(await readdir(parent)).toHaveLength(2)
  })
})

describe('a folder that is no usable model', () => {
  it.each<[string, (model: string) => Promise<unknown>, string]>([
    ['no config', (at) => rm(join(at, 'config.json')), 'model.configMissing'],
    [
      'a config that is no JSON',
      (at) => writeFile(join(at, 'config.json'), '{'),
      'model.configInvalid',
    ],
    [
      'no model_type',
      (at) => edit(at, (config) => delete config['model_type']),
      'model.configInvalid',
    ],
    [
      'a wrong size',
      (at) => edit(at, (config) => (config['hidden_size'] = -1)),
      'model.configInvalid',
    ],
    [
      'more layers than any memory holds',
      (at) => edit(at, (config) => (config['num_hidden_layers'] = 1e9)),
      'model.configInvalid',
    ],
    [
      'no vocabulary size',
      (at) => edit(at, (config) => delete config['vocab_size']),
      'model.configInvalid',
    ],
    [
      'another family',
      (at) => edit(at, (config) => (config['model_type'] = 't5')),
      'model.familyUnsupported',
    ],
    ['no weights', (at) => rm(join(at, 'model.safetensors')), 'model.weightsMissing'],
    [
      'cut weights',
      (at) => writeFile(join(at, 'model.safetensors'), 'abc'),
      'safetensors.truncated',
    ],
    ['no tokeniser', (at) => rm(join(at, 'tokenizer.json')), 'model.tokenizerMissing'],
  ])('is refused by name: %s', async (_name, damage, code) => {
    const model = await copy()
    await damage(model)
    await expect(readModelFolder(model)).rejects.toMatchObject({ code })
  })

  it('is refused with the reason when its weights are pickled', async () => {
    const model = await copy()
    await rm(join(model, 'model.safetensors'))
    await writeFile(join(model, 'pytorch_model.bin'), 'x')
    await expect(readModelFolder(model)).rejects.toMatchObject({
      code: 'model.pickleRefused',
      message: expect.stringContaining('run the program inside it'),
    })
  })

  it('says in a sentence that model_type is missing', async () => {
    const model = await copy()
    await edit(model, (config) => delete config['model_type'])
    await expect(readModelFolder(model)).rejects.toThrow(
      /config\.json, field "model_type": it has no model_type/,
    )
  })
})

describe('an export', () => {
  it.each(['bert-classify', 'distilbert-classify', 'roberta-classify', 'bert-mlm', 'gpt2-lm'])(
    'writes weights byte for byte as the reference does: %s',
    async (name) => {
      const original = join(fixture(name), 'model.safetensors')
      const path = join(folder, 'again.safetensors')
      await writeSafetensors(path, await tensorsOf(original), { format: 'pt' })
      expect((await readFile(path)).equals(await readFile(original))).toBe(true)
    },
  )

  it('is a folder that reads as a classifier with its labels', async () => {
    const source = fixture('bert-classify')
    const { config } = await readModelFolder(source)
    const path = join(folder, 'export')
    const content = {
      config: classifierConfig(config, 'single-label', ['bad', 'good', 'fair']),
      tensors: await tensorsOf(join(source, 'model.safetensors')),
      tokenizerFolder: source,
      card: '# A model\n',
    }
    const files = await writeHuggingFaceFolder(path, content)
    expect(files.map(({ name }) => name)).toEqual([
      'README.md',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ])
    const model = await readModelFolder(path)
    expect(model.labels).toEqual(['bad', 'good', 'fair'])
    expect(model.config).toMatchObject({
      architectures: ['BertForSequenceClassification'],
      problem_type: 'single_label_classification',
      label2id: { bad: 0, good: 1, fair: 2 },
    })
    await expect(writeHuggingFaceFolder(path, content)).rejects.toMatchObject({
      code: 'export.exists',
    })
  })

  it('leaves nothing when its check fails, and takes an empty folder', async () => {
    const source = fixture('bert-classify')
    const { config } = await readModelFolder(source)
    const path = join(folder, 'export')
    await mkdir(path)
    const content = { config, tensors: [], tokenizerFolder: source, card: '' }
    const verify = (): Promise<never> => Promise.reject(new Error('logits differ'))
    await expect(writeHuggingFaceFolder(path, { ...content, verify })).rejects.toThrow(
      'logits differ',
    )
    expect(await readdir(path)).toEqual([])
    await writeHuggingFaceFolder(path, content)
    expect(await readdir(path)).toContain('config.json')
  })
})

describe('a model card', () => {
  it('says what the model is, how it was made and how well it does', () => {
    const card = modelCard({
      title: 'film reviews',
      baseModel: 'all-MiniLM-L6-v2',
      licence: 'apache-2.0',
      task: 'single-label',
      labels: ['negative', 'positive'],
      dataset: { name: 'film', source: 'a | b\nc', licence: null, hash: 'abc' },
      run: { number: 3, steps: 578, seconds: 61.4, graftbench: '0.1.0', date: '2026-01-01' },
      metrics: { 'test.accuracy': 0.8625, 'validation.loss': 0.3333333 },
      confusion: {
        split: 'test',
        labels: ['negative', 'positive'],
        counts: [
          [350, 50],
          [60, 340],
        ],
      },
      recipeYaml: 'epochs: 2\n',
      choices: {
        reason: 'All parameters are trained.',
        values: [{ field: 'batch.size', recipe: '32', used: '16' }],
      },
      pooling: 'checkpoint',
      notes: [],
    })
    expect(card).toContain('license: "apache-2.0"')
    expect(card).toContain('| test.accuracy | 0.8625 |\n| validation.loss | 0.33333 |')
    expect(card).toContain('| **positive** | 60 | 340 |')
    expect(card).toContain('- Source: a \\| b c\n- Licence: not stated')
    expect(card).toContain('```yaml\nepochs: 2\n```')
    expect(card).toContain('All parameters are trained.')
    expect(card).toContain('| field | recipe | used |\n|---|---|---|\n| batch.size | 32 | 16 |')
  })
})
