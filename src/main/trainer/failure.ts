import { GraftError, toErrorPayload, type ErrorPayload } from '@shared/errors'

const outOfMemory =
  /OOM when allocating|resource[ _]?exhausted|out of memory|allocation failed|bad_alloc|invalid array (buffer )?length/i

/** What ended a run, as a code and a sentence that says what to change. */
export function describeFailure(error: unknown): ErrorPayload {
  const payload = toErrorPayload(error)
  if (payload.code !== 'internal' || !outOfMemory.test(payload.message)) return payload
  return {
    code: 'trainer.outOfMemory',
    message:
      'Training needed more memory than this machine has. Choose a smaller batch.size (with a larger batch.accumulate the result stays the same) or a smaller data.maxLength.',
    details: { cause: payload.message },
  }
}

/** The error of a step whose loss or gradient is NaN or infinite. */
export const lossNotFinite = (step: number, what: string, value: number): GraftError =>
  new GraftError(
    'trainer.lossNotFinite',
    `The ${what} of step ${step} is ${value}. Lower optimizer.learningRate, add schedule.warmup or set clip to 1; with precision bfloat16 try float32.`,
    { step, what, value: String(value) },
  )
