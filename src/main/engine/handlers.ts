import { contract, type ParsedInputOf, type ProcedureName, type ResultOf } from '@shared/contract'
import { GraftError } from '@shared/errors'
import { describeIssue } from '@shared/issues'

type Handler<P extends ProcedureName> = (
  input: ParsedInputOf<P>,
) => Promise<ResultOf<P>> | ResultOf<P>

/** One function for every procedure of the contract. */
export type Handlers = { readonly [P in ProcedureName]: Handler<P> }

/** The handlers of one service. */
export type HandlersOf<Prefix extends string> = {
  readonly [P in Extract<ProcedureName, `${Prefix}.${string}`>]: Handler<P>
}

const isProcedure = (name: string): name is ProcedureName => Object.hasOwn(contract, name)

/**
 * The engine's door: checks name and input of a call, then runs its handler.
 * Throws input.unknownProcedure, input.invalid (details.fields: path and what was expected).
 */
export async function dispatch(
  handlers: Handlers,
  procedure: string,
  input: unknown,
): Promise<unknown> {
  if (!isProcedure(procedure)) {
    throw new GraftError('input.unknownProcedure', `There is no procedure "${procedure}".`, {
      procedure: procedure.slice(0, 200),
    })
  }
  const checked = contract[procedure].input.safeParse(input)
  if (!checked.success) {
    const fields = checked.error.issues
      .flatMap(describeIssue)
      .slice(0, 20)
      .map(({ path, message }) => ({ path: path.map(String).join('.'), expected: message }))
    const list = fields
      .map((field) => (field.path === '' ? field.expected : `${field.path}: ${field.expected}`))
      .join(' ')
    throw new GraftError('input.invalid', `${procedure}: ${list}`, { procedure, fields })
  }
  const handler = handlers[procedure] as (input: unknown) => unknown
  return handler(checked.data)
}
