import { createSubscriber } from 'svelte/reactivity'
import { hrefOf, parseRoute, type Route } from './routes'

const track = createSubscriber((update) => {
  window.addEventListener('hashchange', update)
  return () => {
    window.removeEventListener('hashchange', update)
  }
})

/** Where the window is now; whoever reads it follows. */
export function currentRoute(): Route {
  track()
  return parseRoute(window.location.hash)
}

/** Goes there; the way back stays open. */
export function goTo(route: Route): void {
  window.location.hash = hrefOf(route)
}

/** As `goTo`, for a change of the same place (a filter, a selection): back skips it. */
export function replaceRoute(route: Route): void {
  window.history.replaceState(null, '', hrefOf(route))
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
