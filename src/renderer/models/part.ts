/** What a recipe would train of a model. */
export type PartChoice =
  | { readonly kind: 'all' }
  | { readonly kind: 'head' }
  | { readonly kind: 'last'; readonly layers: number }

/** The same as the field `train` of a recipe. */
export function trainOf(part: PartChoice): 'all' | 'head' | { readonly lastLayers: number } {
  return part.kind === 'last' ? { lastLayers: part.layers } : part.kind
}
