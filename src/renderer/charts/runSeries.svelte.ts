import type { Series } from '@shared/domain'
import type { ErrorPayload } from '@shared/errors'
import { toErrorPayload } from '@shared/errors'
import { type CurveAxis, stepsWithin } from './curves'
import type { Range } from './plot'
import { byName, withTails, type SeriesByName } from './tails'

/** Reads series of one run: all of them, or those of some steps. */
export type LoadSeries = (
  names: readonly string[],
  steps: Range | null,
) => Promise<readonly Series[]>

/** So many points may be appended before the curves are read again at screen resolution. */
const longestTail = 4000

/**
 * The curves of one run: read once, then lengthened by what the run tells while it trains. A range
 * that was dragged open is read again, down to the raw points.
 */
export class RunSeries {
  #load: LoadSeries
  #whole = $state.raw<SeriesByName>(byName([]))
  #zoomed = $state.raw<SeriesByName | null>(null)
  #early: Series[] = []
  #reading = 0
  #asked = 0
  #appended = 0
  loaded = $state(false)
  error = $state.raw<ErrorPayload | null>(null)

  constructor(load: LoadSeries) {
    this.#load = load
  }

  /** The curves to draw: the ones within the range where one is open. */
  get shown(): SeriesByName {
    return this.#zoomed ?? this.#whole
  }

  get names(): readonly string[] {
    return [...this.#whole.keys()]
  }

  async read(names: readonly string[]): Promise<void> {
    this.#reading += 1
    try {
      const series = names.length === 0 ? [] : await this.#load(names, null)
      this.#whole = byName(series)
      this.#appended = 0
      this.error = null
      this.loaded = true
    } catch (error) {
      this.error = toErrorPayload(error)
    }
    this.#reading -= 1
    if (this.#reading > 0 || !this.loaded) return
    const early = this.#early
    this.#early = []
    this.append(early)
  }

  /** New points of a live run; those that came before the first answer wait for it. */
  append(tails: readonly Series[]): void {
    if (tails.length === 0) return
    if (!this.loaded || this.#reading > 0) {
      this.#early.push(...tails)
      return
    }
    this.#whole = withTails(this.#whole, tails)
    this.#appended += Math.max(...tails.map((tail) => tail.step.length))
    if (this.#appended > longestTail) void this.read(this.names)
  }

  /** Reads the raw points of a range of the axis; null goes back to the whole. */
  async zoom(range: Range | null, axis: CurveAxis): Promise<void> {
    const asked = ++this.#asked
    if (range === null) {
      this.#zoomed = null
      return
    }
    const steps = this.#stepsOf(range, axis)
    if (steps === null) return
    try {
      const series = await this.#load(this.names, steps)
      if (asked === this.#asked) this.#zoomed = byName(series)
    } catch (error) {
      this.error = toErrorPayload(error)
    }
  }

  #stepsOf(range: Range, axis: CurveAxis): Range | null {
    const spans = [...this.#whole.values()].flatMap((series) => {
      const span = stepsWithin(series, axis, range)
      return span === null ? [] : [span]
    })
    if (spans.length === 0) return null
    return [Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, to]) => to))]
  }
}
