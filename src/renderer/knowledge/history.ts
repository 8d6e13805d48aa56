/** A state and what was done to get away from it, for undo and redo. */
interface Step<State> {
  readonly state: State
  readonly label: string
}

/** What was, is and may come again. Old states share what did not change, so that keeping them is cheap. */
export interface History<State> {
  readonly past: readonly Step<State>[]
  readonly present: State
  readonly future: readonly Step<State>[]
  /** The field and the moment of the last edit: typing in one field is one step. */
  readonly last: { readonly field: string; readonly at: number } | null
}

export interface Edit {
  /** For a person: "Add 3 terms". */
  readonly label: string
  /** Edits of the same field in quick succession become one step; null: always a step. */
  readonly field: string | null
  /** Milliseconds. */
  readonly at: number
}

const mostSteps = 300
/** Longest pause between two edits of a field that count as one. */
const pauseMs = 1500

export const begin = <State>(present: State): History<State> => ({
  past: [],
  present,
  future: [],
  last: null,
})

/** The history after an edit; the same one where nothing changed. */
export function record<State>(
  history: History<State>,
  next: State,
  { label, field, at }: Edit,
): History<State> {
  if (next === history.present) return history
  const { last } = history
  const goesOn = field !== null && last?.field === field && at - last.at <= pauseMs
  return {
    past: goesOn
      ? history.past
      : [...history.past, { state: history.present, label }].slice(-mostSteps),
    present: next,
    future: [],
    last: field === null ? null : { field, at },
  }
}

export function undo<State>(history: History<State>): History<State> {
  const step = history.past.at(-1)
  if (step === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present: step.state,
    future: [...history.future, { state: history.present, label: step.label }],
    last: null,
  }
}

export function redo<State>(history: History<State>): History<State> {
  const step = history.future.at(-1)
  if (step === undefined) return history
  return {
    past: [...history.past, { state: history.present, label: step.label }],
    present: step.state,
    future: history.future.slice(0, -1),
    last: null,
  }
}

/** Puts another present in place without a step, as when saving gave it a version. */
export const amend = <State>(history: History<State>, present: State): History<State> => ({
  ...history,
  present,
  last: null,
})

export const undoLabel = <State>(history: History<State>): string | null =>
  history.past.at(-1)?.label ?? null

export const redoLabel = <State>(history: History<State>): string | null =>
  history.future.at(-1)?.label ?? null
