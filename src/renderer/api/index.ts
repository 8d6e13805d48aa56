import { createClient } from './client'
import { createFiles } from './files'
import { createTransport } from './transport'

export type { Client } from './client'
export type { Files } from './files'
export { bridge, type Connection } from './transport'

export const client = createClient(createTransport())
export const files = createFiles(client)
