/**
 * Every failure a person can meet has a code of this list. Interfaces choose what to show by
 * code, never by text; the message is a full sentence that names file, row, field and remedy.
 */
export const errorCodes = [
  'input.invalid',
  'input.unknownProcedure',
  'notFound',
  'conflict',
  'cancelled',
  'internal',
  'file.notFound',
  'file.notReadable',
  'file.empty',
  'file.exists',
  'disk.full',
  'disk.readOnly',
  'data.badRow',
  'data.columnUnknown',
  'data.columnAmbiguous',
  'data.oneClass',
  'data.noRows',
  'data.encoding',
  'data.format',
  'data.labelUnknown',
  'data.labelMissing',
  'data.splitImpossible',
  'model.configMissing',
  'model.configInvalid',
  'model.familyUnsupported',
  'model.weightsMissing',
  'model.weightsMismatch',
  'model.tokenizerMissing',
  'model.tokenizerInvalid',
  'model.pickleRefused',
  'safetensors.truncated',
  'safetensors.header',
  'safetensors.offsets',
  'safetensors.dtype',
  'safetensors.duplicate',
  'archive.invalid',
  'archive.unsafePath',
  'hub.notFound',
  'hub.unauthorized',
  'hub.unreachable',
  'hub.checksum',
  'hub.truncated',
  'recipe.invalid',
  'recipe.syntax',
  'pack.invalid',
  'ablation.stateInvalid',
  'run.stateInvalid',
  'run.noCheckpoint',
  'checkpoint.damaged',
  'checkpoint.mismatch',
  'trainer.crashed',
  'trainer.outOfMemory',
  'trainer.lossNotFinite',
  'trainer.protocol',
  'engine.unavailable',
  'workspace.locked',
  'workspace.newer',
  'workspace.damaged',
  'export.exists',
  'export.disagrees',
  'export.unsupported',
  'serve.portInUse',
  'setup.missing',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** What crosses a process border when something fails. */
export interface ErrorPayload {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** The one exception type of the program. */
export class GraftError extends Error {
  override readonly name = 'GraftError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: ErrorCode,
    message: string,
    details?: Readonly<Record<string, unknown>>,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options)
    this.code = code
    this.details = details
  }

  toPayload(): ErrorPayload {
    return this.details === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, details: this.details }
  }
}

const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && (errorCodes as readonly string[]).includes(value)

/** Turns whatever was thrown into a payload; operating-system errors get their own codes. */
export function toErrorPayload(error: unknown): ErrorPayload {
  if (error instanceof GraftError) return error.toPayload()
  if (error instanceof Error) {
    const system = systemCode(error)
    const code: ErrorCode = system ?? 'internal'
    return { code, message: error.message, details: { stack: error.stack ?? '' } }
  }
  return { code: 'internal', message: String(error) }
}

/** Rebuilds the exception on the other side of a border. */
export function fromErrorPayload(payload: ErrorPayload): GraftError {
  const code = isErrorCode(payload.code) ? payload.code : 'internal'
  return new GraftError(code, payload.message, payload.details)
}

function systemCode(error: Error): ErrorCode | undefined {
  const code = 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'SQLITE_FULL':
      return 'disk.full'
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'disk.readOnly'
    case 'ENOENT':
      return 'file.notFound'
    case 'EEXIST':
      return 'file.exists'
    default:
      return undefined
  }
}
