import type { ErrorPayload } from '@shared/errors'
import type { Client } from './client'
import type { Connection } from './transport'

/** Whether the engine can be reached, and the last failure that it told of by itself. */
export class EngineState {
  connection = $state<Connection>('connecting')
  failure = $state.raw<ErrorPayload | null>(null)

  constructor(client: Client) {
    client.onConnection((connection) => {
      this.connection = connection
      if (connection === 'open') this.failure = null
    })
    client.on('engine.failed', ({ error }) => {
      this.failure = error
    })
  }

  dismiss(): void {
    this.failure = null
  }
}
