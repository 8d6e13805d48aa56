import { meanLoss, type HeldOut } from './cross-fit'

/** What a way to weigh the pieces was worth on labelled rows that its fits had not seen. */
export interface FusionTrial {
  readonly name: string
  readonly loss: number
  readonly accuracy: number
  /** Standard error of the mean difference of the losses to the model alone. */
  readonly error: number
  readonly chosen: boolean
}

export function trialOf(name: string, held: HeldOut, alone: HeldOut): FusionTrial {
  const differences = held.losses.map((loss, row) => loss - (alone.losses[row] ?? 0))
  return {
    name,
    loss: meanLoss(held),
    accuracy: held.accuracy,
    error: standardError(differences),
    chosen: false,
  }
}

function standardError(values: Float64Array): number {
  const count = values.length
  if (count < 2) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (count - 1) / count)
}
