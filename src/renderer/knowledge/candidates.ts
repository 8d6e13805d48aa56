import type { MinedRule, Rule } from '@shared/domain'
import { freeName } from './lists'

/** What a rule says, whatever it is called: its condition and its class. */
export const candidateKey = ({ when, label }: Rule): string => JSON.stringify([when, label])

/** Candidates that were not rejected and that no rule says already, in their order. */
export function openCandidates(
  found: readonly MinedRule[],
  rules: readonly Rule[],
  rejected: readonly string[],
): readonly MinedRule[] {
  const closed = new Set([...rules.map(candidateKey), ...rejected])
  return found.filter(({ rule }) => !closed.has(candidateKey(rule)))
}

/** A candidate as a rule of the pack, under a name that is free there. */
export const accepted = ({ rule }: MinedRule, rules: readonly Rule[]): Rule => ({
  ...rule,
  id: freeName(
    rule.id,
    rules.map(({ id }) => id),
  ),
})
