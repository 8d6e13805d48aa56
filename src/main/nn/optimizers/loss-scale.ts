import { GraftError } from '@shared/errors'
import type { NamedArray } from '../parameters'

export interface LossScaleOptions {
  readonly initial: number
  /** Steps without an overflow after which the scale doubles. */
  readonly interval: number
}

const name = 'lossScale'
const greatest = 2 ** 24

/**
 * What gradients are multiplied by so that small ones survive in float16 (Micikevicius et al. 2018,
 * section 3.2): doubled after `interval` good steps, halved at each overflow, between 1 and 2^24.
 */
export class LossScale {
  private current: number
  private goodSteps = 0

  constructor(private readonly options: LossScaleOptions) {
    this.current = options.initial
  }

  get scale(): number {
    return this.current
  }

  /** After every step; a step that overflowed is the caller's to leave out. */
  after(overflowed: boolean): void {
    if (overflowed) {
      this.current = Math.max(1, this.current / 2)
      this.goodSteps = 0
      return
    }
    this.goodSteps += 1
    if (this.goodSteps < this.options.interval) return
    this.current = Math.min(greatest, this.current * 2)
    this.goodSteps = 0
  }

  state(): NamedArray {
    return { name, shape: [2], data: Float32Array.of(this.current, this.goodSteps) }
  }

  /** Throws checkpoint.mismatch where the state is not there. */
  restore(arrays: Iterable<NamedArray>): void {
    const [scale, goodSteps] = [...arrays].find((one) => one.name === name)?.data ?? []
    if (scale === undefined || goodSteps === undefined) {
      throw new GraftError('checkpoint.mismatch', 'The checkpoint has no loss scale.')
    }
    this.current = scale
    this.goodSteps = goodSteps
  }
}
