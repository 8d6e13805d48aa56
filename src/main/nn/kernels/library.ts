/**
 * Which kernels compute: the fused ones where they are linked in and TensorFlow runs on the CPU,
 * otherwise the same functions composed of TensorFlow's ops, which are also their reference.
 */
import { matMul } from '../ops'
import { biasActivation, biasActivationGrad } from './composed/activation'
import { dropout } from './composed/dropout'
import { embed, embedGrad } from './composed/embed'
import { residualNorm, residualNormGrad } from './composed/norm'
import { rowSum } from './composed/row-sum'
import { cast, columnSum } from './composed/rows'
import * as native from './native'
import * as nativeEmbed from './native-embed'

export interface Library {
  /** Whether attention runs over packed sequences, without padding. */
  readonly packs: boolean
  readonly biasActivation: typeof native.biasActivation
  readonly biasActivationGrad: typeof native.biasActivationGrad
  readonly residualNorm: typeof native.residualNorm
  readonly residualNormGrad: typeof native.residualNormGrad
  readonly embed: typeof nativeEmbed.embed
  readonly embedGrad: typeof nativeEmbed.embedGrad
  readonly rowSum: typeof nativeEmbed.rowSum
  readonly dropout: typeof native.dropout
  readonly product: typeof native.product
  readonly columnSum: typeof native.columnSum
  readonly cast: typeof native.cast
}

export const composed: Library = {
  packs: false,
  biasActivation,
  biasActivationGrad,
  residualNorm,
  residualNormGrad,
  embed,
  embedGrad,
  rowSum,
  dropout,
  product: matMul,
  columnSum,
  cast,
}

export const fused: Library = {
  packs: true,
  biasActivation: native.biasActivation,
  biasActivationGrad: native.biasActivationGrad,
  residualNorm: native.residualNorm,
  residualNormGrad: native.residualNormGrad,
  embed: nativeEmbed.embed,
  embedGrad: nativeEmbed.embedGrad,
  rowSum: nativeEmbed.rowSum,
  dropout: native.dropout,
  product: native.product,
  columnSum: native.columnSum,
  cast: native.cast,
}

export type LibraryName = 'auto' | 'composed' | 'fused'

let chosen: Library | undefined

/** The kernels in use. */
export function library(): Library {
  chosen ??= native.nativeAvailable() ? fused : composed
  return chosen
}

/** Runs `body` with the composed kernels: for types that the fused ones do not know. */
export function withComposed<T>(body: () => T): T {
  const before = chosen
  chosen = composed
  try {
    return body()
  } finally {
    chosen = before
  }
}

/** Switches kernels, for tests and measurements. Not while a tape is open. */
export function useLibrary(name: LibraryName): void {
  chosen = name === 'auto' ? undefined : name === 'fused' ? fused : composed
}
