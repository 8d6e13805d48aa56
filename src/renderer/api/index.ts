/*
 * The engine, for the whole interface:
 *
 *   client      typed calls and events: `client.call('runs.get', { run })`, `client.on('run.changed', …)`
 *   resource    snapshot, then read again after events; made while a component is set up
 *   jobs        long work: `jobs.running`, `jobs.cancel(id)`, `await jobs.result(job)`
 *   activity    runs that wait or work, with live progress
 *   workspace   projects, datasets, models and packs of the workspace, kept up to date
 *   engine      connection and failures of the engine
 *   files       choose, drop, save and deliver files, the same for window and browser
 */
import { Activity } from './activity.svelte'
import { createClient } from './client'
import { EngineState } from './connection.svelte'
import { createFiles } from './files'
import { Jobs } from './jobs.svelte'
import { createLongLived, createResource } from './resource.svelte'
import { createTransport } from './transport'

export type { Client } from './client'
export type { Files } from './files'
export type { Jobs } from './jobs.svelte'
export type { Resource } from './resource.svelte'
export { isActive, type Activity } from './activity.svelte'
export { bridge, type Connection } from './transport'

export const client = createClient(createTransport())
export const files = createFiles(client)
export const engine = new EngineState(client)
export const jobs = new Jobs(client)
export const activity = new Activity(client)
export const resource = createResource(client)

const longLived = createLongLived(client)

export const workspace = {
  projects: longLived(
    () => client.call('projects.list', {}),
    ['projects.changed', 'project.changed', 'run.changed', 'run.deleted'],
  ),
  datasets: longLived(() => client.call('datasets.list', {}), ['datasets.changed']),
  models: longLived(() => client.call('models.list', {}), ['models.changed']),
  packs: longLived(() => client.call('packs.list', {}), ['packs.changed']),
  system: longLived(() => client.call('system.info', {})),
} as const
