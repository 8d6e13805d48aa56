import type { AblationState } from '@shared/domain'

/** How a state looks as a badge; its word says the same. */
export function stateTone(state: AblationState): 'neutral' | 'good' | 'info' | 'danger' {
  switch (state) {
    case 'running':
      return 'info'
    case 'finished':
      return 'good'
    case 'failed':
      return 'danger'
    case 'stopped':
      return 'neutral'
  }
}
