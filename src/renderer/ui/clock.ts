import { createSubscriber } from 'svelte/reactivity'

const track = createSubscriber((update) => {
  const timer = setInterval(update, 15_000)
  return () => {
    clearInterval(timer)
  }
})

/** The time now; whoever shows it is worked out again every fifteen seconds. */
export function now(): number {
  track()
  return Date.now()
}
