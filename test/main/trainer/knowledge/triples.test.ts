import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Triple } from '../../../../src/shared/domain/pack'
import { tokenizeRows } from '../../../../src/main/data/tokenize'
import { loadTokenizer, type TextTokenizer } from '../../../../src/main/data/tokenizer'
import { createOptimizer } from '../../../../src/main/nn/optimizers/optimizer'
import {
  createSession,
  sourceOf,
  type Session,
  type TokenBatch,
} from '../../../../src/main/nn/session'
import { initialValues } from '../../../../src/main/nn/initial'
import { planModel } from '../../../../src/main/nn/plan'
import { tokenBatch } from '../../../../src/main/trainer/knowledge/token-batch'
import {
  tripleInjector,
  type InjectedRows,
  type TripleSettings,
} from '../../../../src/main/trainer/knowledge/triples'
import { fixture } from '../support'

const settings: TripleSettings = { perEntity: 2, mostTokens: 64, positions: 64 }
const triple = (head: string, relation: string, tail: string): Triple => ({ head, relation, tail })

async function inject(
  tokenizer: TextTokenizer,
  triples: readonly Triple[],
  texts: readonly string[],
  change: Partial<TripleSettings> = {},
): Promise<InjectedRows> {
  const rows = texts.map((text) => ({ text, pair: null }))
  const tokens = await tokenizeRows(tokenizer, rows, { maxLength: 64, cacheFolder: null })
  return tripleInjector(tokenizer, triples, { ...settings, ...change }).inject(
    tokens,
    Array.from(texts.keys()),
  )
}

const tokensOf = (tokenizer: TextTokenizer, { tokens }: InjectedRows, row = 0): string =>
  [...tokens.ids.subarray(tokens.starts[row], tokens.starts[row + 1])]
    .map((id) => tokenizer.token(id) ?? '')
    .join(' ')

describe('triples in rows', () => {
  let folder: string
  let tokenizer: TextTokenizer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'triples-'))
    const words = [
      ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'tim', 'cook', 'is', 'visiting'],
      ...['beijing', 'now', 'ceo', 'apple', 'capital', 'china', 'a', 'city', 'cooks', 'books'],
    ]
    await writeFile(join(folder, 'vocab.txt'), words.join('\n'))
    tokenizer = await loadTokenizer(folder)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const graph = [
    triple('Tim Cook', 'CEO', 'Apple'),
    triple('Beijing', 'capital', 'China'),
    triple('Beijing', 'is_a', 'City'),
    triple('Beijing', 'visiting', 'now'),
    triple('Cook', 'is_a', 'City'),
  ]

  it('stand behind the entity, at most so many, those of the longest head', async () => {
    const injected = await inject(tokenizer, graph, ['Tim Cook is visiting Beijing now', 'cook'])
    expect(tokensOf(tokenizer, injected)).toBe(
      '[CLS] tim cook ceo apple is visiting beijing capital china is a city now [SEP]',
    )
    expect(tokensOf(tokenizer, injected, 1)).toBe('[CLS] cook is a city [SEP]')
    expect(injected.triples).toEqual([[0, 1, 2], [4]])
  })

  it('are left out as a whole where they do not fit', async () => {
    const few = await inject(tokenizer, graph, ['Tim Cook is visiting Beijing'], { mostTokens: 4 })
    expect(few.triples).toEqual([[0, 1]])
    const short = await inject(tokenizer, graph, ['Tim Cook is visiting Beijing'], { positions: 6 })
    expect(short.triples).toEqual([[0]])
  })

  it('are not put behind parts of words, and rows without an entity stay', async () => {
    const injected = await inject(tokenizer, graph, ['cooks books', ''])
    expect(injected.triples).toEqual([[], []])
    expect(tokensOf(tokenizer, injected)).toBe('[CLS] cooks books [SEP]')
    expect([...injected.positions.subarray(0, 4)]).toEqual([0, 1, 2, 3])
  })

  it('make a plain batch of rows in which the graph says nothing', async () => {
    const rows = ['books', 'cook'].map((text) => ({ text, pair: null }))
    const tokens = await tokenizeRows(tokenizer, rows, { maxLength: 16, cacheFolder: null })
    const injector = tripleInjector(tokenizer, graph, settings)
    const batchOf = (...own: number[]): TokenBatch =>
      tokenBatch(tokens, Int32Array.from(own), tokenizer.padId, injector)
    expect(batchOf(0)).toEqual(tokenBatch(tokens, Int32Array.of(0), tokenizer.padId, undefined))
    expect(batchOf(0).structure).toBeUndefined()
    const both = batchOf(1, 0)
    expect([both.rows, both.length]).toEqual([2, 6])
    expect([...(both.structure?.positions ?? [])]).toEqual([0, 1, 2, 3, 4, 2, 0, 1, 2, 0, 0, 0])
  })

  it('have a hash of graph and settings', () => {
    const of = (triples: readonly Triple[], change: Partial<TripleSettings> = {}): string =>
      tripleInjector(tokenizer, triples, { ...settings, ...change }).hash
    expect(of(graph)).toBe(of([...graph]))
    expect(of(graph)).not.toBe(of(graph.slice(1)))
    expect(of(graph)).not.toBe(of(graph, { perEntity: 1 }))
  })

  it('are found in byte-level tokens with and without a space in front', async () => {
    const roberta = await loadTokenizer(fixture('roberta-classify'))
    const injected = await inject(roberta, [triple('graft', 'is_a', 'tree')], ['graft a graft'])
    expect(injected.triples).toEqual([[0, 0]])
  })
})

const syllables = ['ba', 'de', 'fi', 'go', 'hu', 'ka', 'le', 'mi', 'no', 'pu', 'ra', 'se']
const words = ['the', 'is', 'here', 'we', 'saw', 'a', 'today', 'fruit', 'metal', 'tool', 'and']

/** A model is trained from its first step: seconds on an idle machine, minutes on a busy one. */
const patience = 300_000

/**
 * A task that only the graph solves: the label is the type of the thing that a row names, and the
 * things of the test rows do not occur in training. Names are of two syllables.
 */
function task() {
  const names = syllables.flatMap((a) => syllables.map((b) => `${a} ${b}`))
  const kinds = ['fruit', 'metal']
  const kindOf = (at: number): number => (Math.imul(at + 3, 2654435761) >>> 16) & 1
  const graph = names.map((name, at) => triple(name, 'is_a', kinds[kindOf(at)] ?? ''))
  const text = (name: string, at: number): string =>
    [`the ${name} is here`, `we saw a ${name} today`, `today ${name} and a tool`][at % 3] ?? ''
  const rows = names.map((name, at) => ({ text: text(name, at), label: kindOf(at) }))
  const inTest = (at: number): boolean => at % 4 === 0
  return {
    graph,
    training: rows.filter((_, at) => !inTest(at)),
    test: rows.filter((_, at) => inTest(at)),
  }
}

describe('a task that only the graph solves', () => {
  let folder: string
  let tokenizer: TextTokenizer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'triples-'))
    const all = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...words, ...syllables]
    await writeFile(join(folder, 'vocab.txt'), all.join('\n'))
    tokenizer = await loadTokenizer(folder)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const config = {
    ...{ model_type: 'bert', vocab_size: 40, hidden_size: 32, num_hidden_layers: 2 },
    ...{ num_attention_heads: 4, intermediate_size: 64, max_position_embeddings: 32 },
    ...{ initializer_range: 0.1, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
  }

  async function open(pooling: 'first' | 'mean'): Promise<Session> {
    const options = { config, task: 'single-label', labels: ['a', 'b'], pooling } as const
    const plan = planModel({ ...options, dropout: undefined })
    const weights = plan.specs.map((spec) => ({
      ...{ name: spec.name, shape: spec.shape, data: initialValues(spec, 0.1, 3) },
    }))
    return createSession({
      ...{ ...options, weights: sourceOf(weights), part: { kind: 'all' }, dropout: undefined },
      ...{ precision: 'float32', initSeed: 1 },
    })
  }

  /** Accuracy on test rows after training, with the graph or without. */
  async function learn(pooling: 'first' | 'mean', withGraph: boolean): Promise<number> {
    const { graph, training, test } = task()
    const rows = [...training, ...test]
    const tokens = await tokenizeRows(
      tokenizer,
      rows.map(({ text }) => ({ text, pair: null })),
      { maxLength: 32, cacheFolder: null },
    )
    const injector = tripleInjector(tokenizer, withGraph ? graph : [], settings)
    const batchOf = (own: readonly number[]): TokenBatch =>
      tokenBatch(tokens, Int32Array.from(own), tokenizer.padId, injector)
    const session = await open(pooling)
    const optimizer = createOptimizer(
      {
        ...{ name: 'adamw', weightDecay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        momentum: 0,
      },
      session.parameters,
    )
    for (let step = 0; step < 200; step += 1) {
      const own = Array.from({ length: 16 }, (_, at) => (step * 16 + at * 7) % training.length)
      const values = Int32Array.from(own, (row) => rows[row]?.label ?? 0)
      const context = { dropoutSeed: 1, step, microStep: 0, scale: 1 }
      session.accumulate(batchOf(own), { kind: 'classes', values }, context).dispose()
      session.apply(optimizer, { learningRate: 3e-3, clipNorm: 1 }).dispose()
    }
    const own = test.map((_, at) => training.length + at)
    const logits = session.logits(batchOf(own))
    const right = test.filter(({ label }, at) => {
      const answer = (logits[2 * at + 1] ?? 0) > (logits[2 * at] ?? 0) ? 1 : 0
      return answer === label
    })
    optimizer.dispose()
    session.dispose()
    return right.length / test.length
  }

  it.each(['first', 'mean'] as const)(
    'is learned with the graph, from the vector of the sentence: %s',
    async (pooling) => {
      expect(await learn(pooling, true)).toBeGreaterThan(0.95)
    },
    patience,
  )

  it(
    'is not learned without the graph',
    async () => {
      expect(await learn('first', false)).toBeLessThan(0.75)
    },
    patience,
  )
})
