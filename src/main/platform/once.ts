/** Computed when it is first asked for, then kept. */
export function once<Value>(compute: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: compute() }).value
}
