import { enoughToTell, leastJudged } from '../../knowledge/trial-lengths'
import { differenceError } from './heads'
import type { LabelledRows } from './labelled-rows'
import { isTaught, type Start } from './starts'

/**
 * What is trained in a trial: with few rows the best start or, with some more and a pack that teaches,
 * the best of each of its lessons; with enough rows the model without a pack and the best of each
 * lesson of which a head is better than its head, so that a pack without a word for itself does no harm.
 */
export function contenders(
  starts: readonly Start[],
  best: Start,
  { rows }: LabelledRows,
): readonly Start[] {
  const isEnough = rows.length >= enoughToTell
  if (!isEnough && (rows.length < leastJudged || !isTaught(best))) return [best]
  const [plain] = starts
  const most = isEnough && plain !== undefined ? plain.fitted.loss : Infinity
  const lessons = [...new Set(starts.map(({ lessons: own }) => own.at(-1)))]
  const bestOfEach = lessons.flatMap(
    (lesson) => leastLoss(starts.filter(({ lessons: own }) => own.at(-1) === lesson)) ?? [],
  )
  return bestOfEach.filter((one) =>
    one === plain ? isEnough || isTaught(one) : one.fitted.loss < most,
  )
}

/**
 * The start whose head has the least loss. Where few labelled rows speak, the pack's word stands: the
 * best start that it taught, unless the one that it did not is better by a standard error.
 */
export function bestStart(
  starts: readonly Start[],
  { y }: LabelledRows,
  classes: number,
  few: boolean,
): Start {
  const best = leastLoss(starts)
  const taught = leastLoss(starts.filter(isTaught))
  if (best === undefined) throw new RangeError('There is nothing to start from.')
  if (!few || taught === undefined) return best
  const error = differenceError(taught.fitted.heldOut, best.fitted.heldOut, y, classes)
  return taught.fitted.loss - error <= best.fitted.loss ? taught : best
}

const leastLoss = (starts: readonly Start[]): Start | undefined =>
  starts.toSorted((one, other) => one.fitted.loss - other.fitted.loss)[0]
