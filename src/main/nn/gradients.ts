import type { Tensor } from './tf'

/**
 * The gradient of one parameter. A sparse one says: the rows `ids` (int32 [n], ascending and
 * unique) of the table have the gradient `values` [n, ...row], all others zero.
 */
export type Gradient =
  | { readonly kind: 'dense'; readonly value: Tensor }
  | {
      readonly kind: 'sparse'
      readonly ids: Tensor
      readonly values: Tensor
      readonly rows: number
    }

/** By parameter name. The session owns the tensors; an optimiser only reads them. */
export type Gradients = ReadonlyMap<string, Gradient>
