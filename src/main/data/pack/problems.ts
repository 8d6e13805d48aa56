import type { PackProblem } from '@shared/domain'
import { GraftError } from '@shared/errors'

export type PackPath = readonly (string | number)[]

/** Where a part of a pack is written; line 0 does not exist: null means the whole file. */
export interface Place {
  readonly file: string
  readonly line: number | null
}

/** Collects what a pack says wrong, and remembers on which line each of its parts stands. */
export class PackNotes {
  private readonly found: PackProblem[] = []
  private readonly places = new Map<string, Place>()

  get problems(): readonly PackProblem[] {
    return this.found
  }

  error(place: Place, field: string | null, message: string): void {
    this.found.push({ severity: 'error', ...place, field, message })
  }

  warning(place: Place, field: string | null, message: string): void {
    this.found.push({ severity: 'warning', ...place, field, message })
  }

  /** Says where a part of the content stands: `['rules', 2, 'label']`. */
  put(path: PackPath, place: Place): void {
    this.places.set(keyOf(path), place)
  }

  /** The place of a part, or of the nearest part around it. */
  placeOf(path: PackPath): Place | null {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const place = this.places.get(keyOf(path.slice(0, depth)))
      if (place !== undefined) return place
    }
    return null
  }
}

const keyOf = (path: PackPath): string => path.join('\0')

/** `rules.yaml:3: confidence: …`, as compilers write it. */
export function describeProblem({ file, line, field, message }: PackProblem): string {
  const place = line === null ? file : `${file}:${line}`
  return field === null ? `${place}: ${message}` : `${place}: ${field}: ${message}`
}

/** Throws pack.invalid where a pack has errors: each on a line of its own, all in details.problems. */
export function requireUsable(name: string, problems: readonly PackProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const list = errors.map((error) => `\n${describeProblem(error)}`).join('')
  throw new GraftError('pack.invalid', `The pack ${name} cannot be used.${list}`, { problems })
}
