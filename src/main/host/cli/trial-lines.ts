import type { TrialCandidate, TrialSummary } from '@shared/domain'
import { formatMetric } from './format'
import { formatTable } from './table'

/** The ways that a run tried, if it did, what they were worth, and why it took what it took. */
export const trialLines = ({ candidates, reason }: TrialSummary): readonly string[] =>
  candidates.length === 0 ? [reason] : [...candidateLines(candidates), reason]

const candidateLines = (candidates: readonly TrialCandidate[]): readonly string[] => [
  'Ways that were tried',
  ...formatTable<TrialCandidate>(
    [
      { title: 'Way', of: ({ name }) => name },
      { title: 'Loss', align: 'right', of: ({ loss }) => formatMetric(loss) },
      { title: 'Accuracy', align: 'right', of: ({ accuracy }) => formatMetric(accuracy) },
      { title: 'Taken', of: ({ chosen }) => (chosen ? 'yes' : '') },
    ],
    candidates,
  ).map((line) => `  ${line}`),
]
