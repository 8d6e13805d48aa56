import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSafetensors } from '../../src/main/formats/safetensors'
import type { Session, TokenBatch, Targets } from '../../src/main/nn/session'
import { createSession } from '../../src/main/nn/session'

/** What the reference computed for one small checkpoint; see `expected.json` of a case. */
export interface Expected {
  readonly input_ids?: readonly (readonly number[])[]
  readonly attention_mask?: readonly (readonly number[])[]
  readonly token_type_ids?: readonly (readonly number[])[] | null
  readonly labels: readonly (number | readonly number[])[]
  readonly problem_type: string
  readonly logits_shape: readonly number[]
  readonly loss_eval: number
  readonly loss_train: number
  readonly grad_norms: Readonly<Record<string, number>>
  readonly adamw_losses: readonly number[]
  readonly sgd_losses: readonly number[]
}

export interface Case {
  readonly name: string
  readonly folder: string
  readonly family: string
  readonly config: unknown
  readonly expected: Expected
}

const folder = process.env.PARITY_CASES ?? join(import.meta.dirname, '../fixtures/parity')
const families = ['bert', 'distilbert', 'roberta']

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

/** All cases of the folder, or of the one that PARITY_CASES names. */
export const cases: readonly Case[] = readdirSync(folder)
  .toSorted()
  .filter((name) => existsSync(join(folder, name, 'expected.json')))
  .map((name) => {
    const config = json(join(folder, name, 'config.json'))
    return {
      name,
      folder: join(folder, name),
      family: String(config.model_type),
      config,
      expected: json(join(folder, name, 'expected.json')),
    }
  })

export const encoderCases = cases.filter((one) => families.includes(one.family))
export const otherCases = cases.filter((one) => !families.includes(one.family))

const flat = (values: readonly unknown[]): number[] => values.flat(Infinity).map(Number)

export function batchOf({ expected }: Case): TokenBatch {
  const ids = expected.input_ids ?? []
  const types = expected.token_type_ids ?? null
  return {
    ids: Int32Array.from(flat(ids)),
    mask: Int32Array.from(flat(expected.attention_mask ?? [])),
    typeIds: types === null ? undefined : Int32Array.from(flat(types)),
    rows: ids.length,
    length: ids[0]?.length ?? 0,
  }
}

export function targetsOf({ expected }: Case): Targets {
  const values = flat(expected.labels)
  switch (expected.problem_type) {
    case 'single_label_classification':
      return { kind: 'classes', values: Int32Array.from(values) }
    case 'multi_label_classification':
      return {
        kind: 'multi-label',
        values: Float32Array.from(values),
        classes: expected.logits_shape[1] ?? 0,
      }
    case 'regression':
      return { kind: 'regression', values: Float32Array.from(values) }
    case 'masked_lm':
      return { kind: 'tokens', values: Int32Array.from(values) }
    default:
      throw new Error(`Unknown problem type ${expected.problem_type}`)
  }
}

const tasks = {
  single_label_classification: 'single-label',
  multi_label_classification: 'multi-label',
  regression: 'regression',
  masked_lm: 'masked-lm',
} as const

export async function sessionOf(
  one: Case,
  precision: 'float32' | 'bfloat16' = 'float32',
): Promise<Session> {
  const { config, expected } = one
  const task = Object.entries(tasks).find(([problem]) => problem === expected.problem_type)?.[1]
  if (task === undefined) throw new Error(`Unknown problem type ${expected.problem_type}`)
  const outputs = task === 'masked-lm' ? 0 : (expected.logits_shape[1] ?? 0)
  const weights = await openSafetensors(join(one.folder, 'model.safetensors'))
  try {
    return await createSession({
      ...{ config, task, weights, precision },
      labels: Array.from({ length: outputs }, (_, index) => `LABEL_${index}`),
      pooling: 'checkpoint',
      part: { kind: 'all' },
      dropout: undefined,
      initSeed: 0,
    })
  } finally {
    await weights.close()
  }
}

export function expectedLogits(one: Case): Float32Array {
  const bytes = readFileSync(join(one.folder, 'logits.f32'))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
