/** A bucket of `burst` tokens that fills by `perSecond`; a caller takes one for each action. */
export function createRateLimit(
  perSecond: number,
  burst: number,
  now: () => number = Date.now,
): { take(): boolean } {
  let tokens = burst
  let last = now()
  return {
    take: () => {
      const time = now()
      tokens = Math.min(burst, tokens + ((time - last) / 1000) * perSecond)
      last = time
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
