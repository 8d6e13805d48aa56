/*
 * Typed addresses: `hrefOf({ name: 'run', project, run })` for links, `goTo` after an action,
 * `currentRoute()` for whoever follows. Pages get their route from views.
 */
export { currentRoute, goTo, replaceRoute } from './router'
export { hrefOf, parseRoute, type Route, type RouteName, type RouteOf } from './routes'
