import { app } from 'electron'
import { startUtilityEngine } from '../../../src/main/app/utility-engine'

/** Starts the engine of this folder as a utility process, asks it once, ends it, and says what came. */
async function main(): Promise<void> {
  const connection = await startUtilityEngine({ entries: import.meta.dirname, workspace: '/place' })
  const answer = await connection.client.forward('system.info', { question: 1 })
  const failure = await connection.client.forward('runs.get', {}).catch((error: unknown) => error)
  await connection.close()
  const refused = failure instanceof Error && 'code' in failure ? failure.code : null
  console.log(`RESULT ${JSON.stringify({ workspace: connection.workspace, answer, refused })}`)
}

void app
  .whenReady()
  .then(main)
  .catch((error: unknown) => console.log(`RESULT ${JSON.stringify(String(error))}`))
  .finally(() => app.exit(0))
