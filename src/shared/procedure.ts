import { z } from 'zod'

/** One procedure: the schema of its input, and (as a type only) its result. */
export interface Procedure<Input extends z.ZodType, Result> {
  readonly input: Input
  readonly result?: Result
}

export const define = <Result>() => ({
  of: <Input extends z.ZodType>(input: Input): Procedure<Input, Result> => ({ input }),
})

export const none = z.strictObject({}).prefault({})
export const name = z.string().trim().min(1).max(200)
export const path = z.string().min(1).max(4096)
/** An id, a run number or a unique name, as people type them. */
export const reference = z.string().trim().min(1).max(200)
/** A recipe as it was written: an object, checked in full by the engine. */
export const recipeDraft = z.record(z.string(), z.unknown())

export interface Deletion {
  /** Bytes that came back. */
  readonly bytes: number
}
