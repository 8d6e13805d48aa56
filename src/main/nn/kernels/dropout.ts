import type { Tape, Value } from '../tape'
import { total } from '../tape'
import { library } from './library'
import type { Dropout } from './native'
import { dropoutKey } from './native'

/**
 * Where the masks of one batch come from. A mask is a pure function of seed, step, micro-step and
 * the site's number in the model: nothing has to be remembered to resume.
 */
export interface DropoutSource {
  readonly seed: number
  readonly step: number
  readonly microStep: number
}

/** Sites a micro-step may have. */
const siteCount = 0x10000

/** Dropout at a site, or undefined where there is none. The key is the caller's to dispose of. */
export function dropoutAt(
  source: DropoutSource | undefined,
  site: number,
  rate: number,
): Dropout | undefined {
  if (source === undefined || rate === 0) return undefined
  const { seed, step, microStep } = source
  return { rate, key: dropoutKey(seed, step, microStep * siteCount + site) }
}

/**
 * x with each element dropped with the rate's probability, the rest divided by 1 - rate
 * (Srivastava et al. 2014). Takes the key over; without `options` it is x itself.
 */
export function dropout(tape: Tape, x: Value, options: Dropout | undefined): Value {
  if (options === undefined) return x
  return tape.record1({
    inputs: [x],
    outputs: [library().dropout(x.tensor, options)],
    kept: [options.key],
    backward: ([parts]) => {
      const dy = total(parts)
      x.receive(library().dropout(dy, options))
      dy.dispose()
    },
  })
}
