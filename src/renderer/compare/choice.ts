/** The runs of a comparison as its address names them, and which of them is the baseline. */
export interface Choice {
  readonly runs: readonly string[]
  readonly baseline: string | null
}

export function addRun(choice: Choice, run: string): Choice {
  return choice.runs.includes(run) ? choice : { ...choice, runs: [...choice.runs, run] }
}

/** Takes a run away; without the baseline, the engine chooses another. */
export function removeRun(choice: Choice, run: string): Choice {
  return {
    runs: choice.runs.filter((each) => each !== run),
    baseline: choice.baseline === run ? null : choice.baseline,
  }
}

export const toggleRun = (choice: Choice, run: string): Choice =>
  choice.runs.includes(run) ? removeRun(choice, run) : addRun(choice, run)
