/** What a header may hold; objects as maps, so that no key is special. */
export type StrictValue =
  string | number | boolean | null | readonly StrictValue[] | ReadonlyMap<string, StrictValue>

/** Why a text was refused: a repeated key, or anything else. */
export class StrictJsonError extends Error {
  constructor(
    readonly kind: 'syntax' | 'duplicate',
    message: string,
  ) {
    super(message)
  }
}

const whitespace = /[ \t\n\r]*/y
const integer = /(?:0|[1-9][0-9]*)(?![0-9.eE])/y
const literal = /true|false|null/y
const loneSurrogate = /\p{Cs}/u
const deepest = 16

/**
 * Parses JSON as RFC 8259 has it, and refuses what JSON.parse lets pass: repeated keys, lone
 * surrogates, deep nesting, and every number that is no exact non-negative integer.
 */
export function parseStrictJson(text: string): StrictValue {
  let at = 0

  const fail = (message: string, kind: 'syntax' | 'duplicate' = 'syntax'): never => {
    throw new StrictJsonError(kind, `${message} at character ${at}`)
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const takeMark = (mark: string): boolean => {
    take(whitespace)
    if (text[at] !== mark) return false
    at += 1
    take(whitespace)
    return true
  }

  const readString = (): string => {
    if (text[at] !== '"') return fail('a string was expected')
    let end = at + 1
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
    if (end >= text.length) return fail('a string without an end')
    let value: unknown
    try {
      value = JSON.parse(text.slice(at, end + 1))
    } catch {
      return fail('a string with a wrong character or escape')
    }
    if (typeof value !== 'string' || loneSurrogate.test(value))
      return fail('a string that is no text')
    at = end + 1
    return value
  }

  const readObject = (depth: number): ReadonlyMap<string, StrictValue> => {
    const result = new Map<string, StrictValue>()
    if (takeMark('}')) return result
    do {
      const key = readString()
      if (result.has(key)) fail(`the key ${JSON.stringify(key)} stands twice`, 'duplicate')
      if (!takeMark(':')) fail('a colon was expected')
      result.set(key, readValue(depth))
    } while (takeMark(','))
    if (!takeMark('}')) fail('the end of an object was expected')
    return result
  }

  const readArray = (depth: number): readonly StrictValue[] => {
    const result: StrictValue[] = []
    if (takeMark(']')) return result
    do result.push(readValue(depth))
    while (takeMark(','))
    if (!takeMark(']')) fail('the end of an array was expected')
    return result
  }

  const readNumber = (): number => {
    const found = take(integer)
    const value = found === undefined ? NaN : Number(found)
    return Number.isSafeInteger(value) ? value : fail('a value that is no exact whole number')
  }

  const readValue = (depth: number): StrictValue => {
    if (depth > deepest) return fail('too deeply nested')
    take(whitespace)
    if (takeMark('{')) return readObject(depth + 1)
    if (takeMark('[')) return readArray(depth + 1)
    if (text[at] === '"') return readString()
    const word = take(literal)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    return readNumber()
  }

  const value = readValue(0)
  take(whitespace)
  return at === text.length ? value : fail('text after the end')
}
