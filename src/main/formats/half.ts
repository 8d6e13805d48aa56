const halfTable = makeHalfTable()

/** Float32 of every float16 (IEEE 754 binary16), by its bits. */
function makeHalfTable(): Float32Array {
  const table = new Float32Array(1 << 16)
  for (let bits = 0; bits < table.length; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 0x1f
    const fraction = bits & 0x3ff
    if (exponent === 0x1f) table[bits] = fraction === 0 ? sign * Infinity : NaN
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  return table
}

/** Exact: every float16 is a float32. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const result = new Float32Array(bits.length)
  for (let at = 0; at < bits.length; at += 1) result[at] = halfTable[bits[at] ?? 0] ?? 0
  return result
}

/** Exact: a bfloat16 is the upper half of a float32. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let at = 0; at < bits.length; at += 1) words[at] = (bits[at] ?? 0) << 16
  return new Float32Array(words.buffer)
}
