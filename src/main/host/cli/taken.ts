import type { Session } from './session'

/** Ways to give back what a command has taken into the workspace on its way and was not there before. */
const taken = new WeakMap<Session, readonly (() => Promise<unknown>)[]>()

export function takenIn(session: Session, giveBack: () => Promise<unknown>): void {
  taken.set(session, [...(taken.get(session) ?? []), giveBack])
}

/** What was taken in stays: the command came to what it was for. */
export function keepTaken(session: Session): void {
  taken.delete(session)
}

/** A command that is refused changes nothing; what was taken in last goes first. */
export async function giveBackTaken(session: Session): Promise<void> {
  const all = taken.get(session) ?? []
  taken.delete(session)
  for (const giveBack of all.toReversed()) await giveBack()
}
