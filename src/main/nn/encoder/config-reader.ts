import { GraftError } from '@shared/errors'
import type { Activation } from '../kernels/activation'

/** Reads fields of a `config.json`, each checked; throws model.configInvalid naming the field. */
export class ConfigReader {
  private readonly fields: Readonly<Record<string, unknown>>

  constructor(config: unknown) {
    if (typeof config !== 'object' || config === null || Array.isArray(config)) {
      throw new GraftError('model.configInvalid', 'config.json is not a JSON object.')
    }
    this.fields = { ...config }
  }

  /** A whole number from 1 on. */
  count(field: string, otherwise?: number): number {
    const value = this.fields[field] ?? otherwise
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value
    return this.refuse(field, 'a whole number from 1 on')
  }

  /** A number in [0, 1): a probability of dropout. */
  rate(field: string, otherwise: number): number {
    const value = this.fields[field] ?? otherwise
    if (typeof value === 'number' && value >= 0 && value < 1) return value
    return this.refuse(field, 'a number from 0 to below 1')
  }

  positive(field: string, otherwise: number): number {
    const value = this.fields[field] ?? otherwise
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
    return this.refuse(field, 'a positive number')
  }

  /** An id of the vocabulary, or undefined where the field is absent or null. */
  id(field: string, vocabulary: number): number | undefined {
    const value = this.fields[field] ?? undefined
    if (value === undefined) return undefined
    const fits = typeof value === 'number' && Number.isInteger(value) && value < vocabulary
    if (fits && value >= 0) return value
    return this.refuse(field, `a whole number below vocab_size, ${vocabulary}`)
  }

  flag(field: string, otherwise: boolean): boolean {
    const value = this.fields[field] ?? otherwise
    return typeof value === 'boolean' ? value : this.refuse(field, 'true or false')
  }

  activation(field: string): Activation {
    const value = this.fields[field] ?? 'gelu'
    switch (value) {
      case 'gelu':
        return 'gelu'
      case 'gelu_new':
      case 'gelu_pytorch_tanh':
        return 'geluTanh'
      case 'relu':
        return 'relu'
      default:
        return this.refuse(field, 'gelu, gelu_new or relu')
    }
  }

  /** The field must be one of `values`, or absent. */
  only(field: string, values: readonly (string | boolean | number)[]): void {
    const value = this.fields[field] ?? undefined
    if (value === undefined || values.some((one) => one === value)) return
    this.refuse(field, values.join(' or '))
  }

  /** Refuses the configuration: `field` should be `expected`. */
  refuse(field: string, expected: string): never {
    const value = this.fields[field]
    const found = value === undefined ? 'it is missing' : `it is ${JSON.stringify(value)}`
    throw new GraftError(
      'model.configInvalid',
      `config.json: "${field}" has to be ${expected}; ${found}.`,
      { field, value },
    )
  }
}
