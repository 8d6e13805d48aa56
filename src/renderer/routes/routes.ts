/** Where a person can be. A route is all there is to know of it: back, forward and reload work. */
export type Route =
  | { readonly name: 'projects' }
  | { readonly name: 'data' }
  | { readonly name: 'data-import' }
  | { readonly name: 'dataset'; readonly dataset: string }
  | { readonly name: 'models' }
  | { readonly name: 'model'; readonly model: string }
  | { readonly name: 'knowledge' }
  | { readonly name: 'pack'; readonly pack: string; readonly tab?: string }
  | { readonly name: 'settings' }
  /** `from`: the run whose recipe is taken over; `dataset`, `model`: chosen in the form. */
  | {
      readonly name: 'new-run'
      readonly project: string
      readonly from?: string
      readonly dataset?: string
      readonly model?: string
    }
  | { readonly name: 'runs'; readonly project: string; readonly filter?: string }
  | { readonly name: 'run'; readonly project: string; readonly run: string; readonly tab?: string }
  | {
      readonly name: 'compare'
      readonly project: string
      readonly runs: readonly string[]
      readonly baseline?: string
    }
  | { readonly name: 'playground'; readonly project: string; readonly runs: readonly string[] }
  | { readonly name: 'ablations'; readonly project: string }
  /** `from`: the run whose recipe is taken; `like`: an ablation; `pack`: what it is about. */
  | {
      readonly name: 'new-ablation'
      readonly project: string
      readonly from?: string
      readonly like?: string
      readonly pack?: string
    }
  | { readonly name: 'ablation'; readonly project: string; readonly ablation: string }
  | { readonly name: 'unknown'; readonly path: string }

export type RouteName = Route['name']
export type RouteOf<N extends RouteName> = Extract<Route, { name: N }>

const encode = encodeURIComponent

/** The hash of a route, with the `#`. */
export function hrefOf(route: Route): string {
  return `#${pathOf(route)}`
}

function pathOf(route: Route): string {
  switch (route.name) {
    case 'projects':
    case 'data':
    case 'models':
    case 'knowledge':
    case 'settings':
      return `/${route.name}`
    case 'data-import':
      return '/data/import'
    case 'dataset':
      return `/data/sets/${encode(route.dataset)}`
    case 'model':
      return `/models/${encode(route.model)}`
    case 'pack':
      return `/knowledge/${encode(route.pack)}${query({ tab: route.tab })}`
    case 'new-run': {
      const { from, dataset, model } = route
      return `/projects/${encode(route.project)}/new${query({ from, dataset, model })}`
    }
    case 'runs':
      return `/projects/${encode(route.project)}/runs${query({ filter: route.filter })}`
    case 'run':
      return `/projects/${encode(route.project)}/runs/${encode(route.run)}${query({ tab: route.tab })}`
    case 'compare': {
      const { runs, baseline } = route
      return `/projects/${encode(route.project)}/compare${query({ runs: list(runs), baseline })}`
    }
    case 'playground':
      return `/projects/${encode(route.project)}/playground${query({ runs: list(route.runs) })}`
    case 'ablations':
      return `/projects/${encode(route.project)}/ablations`
    case 'new-ablation': {
      const { from, like, pack } = route
      return `/projects/${encode(route.project)}/new-ablation${query({ from, like, pack })}`
    }
    case 'ablation':
      return `/projects/${encode(route.project)}/ablations/${encode(route.ablation)}`
    case 'unknown':
      return route.path
  }
}

const list = (values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.join(',')

function query(values: Readonly<Record<string, string | undefined>>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') params.set(name, value)
  }
  const text = params.toString().replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

/** The route of a hash, with or without `#`; what nobody knows is `unknown`, never an error. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '')
  const [where = '', search = ''] = path.split('?', 2)
  const parts = where.split('/').filter((part) => part !== '')
  const words = parts.map(decode)
  if (words.some((word) => word === null)) return { name: 'unknown', path }
  const params = new URLSearchParams(search)
  const known = words.filter((word) => word !== null)
  return parseWorkspace(known, params) ?? parseProject(known, params) ?? { name: 'unknown', path }
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

function parseWorkspace(words: readonly string[], params: URLSearchParams): Route | null {
  const [first = 'projects', second, third, ...rest] = words
  if (rest.length > 0) return null
  if (second === undefined) {
    switch (first) {
      case 'projects':
      case 'data':
      case 'models':
      case 'knowledge':
      case 'settings':
        return { name: first }
      default:
        return null
    }
  }
  if (first === 'models' && third === undefined) return { name: 'model', model: second }
  if (first === 'knowledge' && third === undefined) {
    const tab = params.get('tab') ?? ''
    return { name: 'pack', pack: second, ...(tab === '' ? {} : { tab }) }
  }
  if (first !== 'data') return null
  if (second === 'import' && third === undefined) return { name: 'data-import' }
  return second === 'sets' && third !== undefined ? { name: 'dataset', dataset: third } : null
}

function parseProject(words: readonly string[], params: URLSearchParams): Route | null {
  const [first, project, room = 'runs', item, ...rest] = words
  if (first !== 'projects' || project === undefined || rest.length > 0) return null
  const optional = <N extends string>(...names: readonly N[]): Partial<Record<N, string>> => {
    const found: Partial<Record<N, string>> = {}
    for (const name of names) {
      const value = params.get(name)
      if (value !== null && value !== '') found[name] = value
    }
    return found
  }
  if (room === 'runs' && item !== undefined) {
    return { name: 'run', project, run: item, ...optional('tab') }
  }
  if (room === 'ablations' && item !== undefined) {
    return { name: 'ablation', project, ablation: item }
  }
  if (item !== undefined) return null
  const runs = (params.get('runs') ?? '').split(',').filter((run) => run !== '')
  switch (room) {
    case 'runs':
      return { name: 'runs', project, ...optional('filter') }
    case 'new':
      return { name: 'new-run', project, ...optional('from', 'dataset', 'model') }
    case 'compare':
      return { name: 'compare', project, runs, ...optional('baseline') }
    case 'playground':
      return { name: 'playground', project, runs }
    case 'ablations':
      return { name: 'ablations', project }
    case 'new-ablation':
      return { name: 'new-ablation', project, ...optional('from', 'like', 'pack') }
    default:
      return null
  }
}
