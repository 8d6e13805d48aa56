import type { TrialCandidate, TrialSummary } from '@shared/domain'
import { formatMetric } from './format'
import { formatTable } from './table'

/** The ways that a run tried, what they were worth, and why it took what it took. */
export const trialLines = ({ candidates, reason }: TrialSummary): readonly string[] => [
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
  reason,
]
