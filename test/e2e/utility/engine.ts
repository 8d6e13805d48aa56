import { createParentLauncher } from '../../../src/main/engine/launcher-parent'
import { parentPort, portChannel, portsOf } from '../../../src/main/platform/channel'
import { isHostToEngine } from '../../../src/main/platform/hostProtocol'

/*
 * An engine without a database: the launcher, the channels and the protocol are the real ones. It
 * answers a call with what a trainer says to it.
 */
const port = parentPort()
if (port === null) throw new Error('This is no utility process.')
const parent = portChannel(port)
const launcher = createParentLauncher((message) => parent.send(message), '/nowhere')

async function askTrainer(question: unknown): Promise<unknown> {
  const trainer = await launcher.startTrainer()
  const exit = new Promise((resolve) => trainer.onExit(resolve))
  const answer = new Promise((resolve) => trainer.channel.onMessage(resolve))
  trainer.channel.send({ question })
  const said = await answer
  trainer.kill('SIGKILL')
  await exit
  return { said, hadPid: trainer.pid > 0 }
}

port.on('message', (event) => {
  const message =
    typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined
  if (isHostToEngine(message)) {
    if (message.type === 'shutdown') {
      parent.send({ type: 'closed' })
      setTimeout(() => process.exit(0), 50)
    } else launcher.receive(message, portsOf(event))
  }
})
parent.onMessage((message) => {
  if (typeof message !== 'object' || message === null || !('procedure' in message)) return
  const id = 'id' in message ? message.id : 0
  if (message.procedure !== 'system.info') {
    parent.send({ type: 'error', id, error: { code: 'notFound', message: 'Nothing here.' } })
    return
  }
  void askTrainer('input' in message ? message.input : null).then((result) =>
    parent.send({ type: 'result', id, result }),
  )
})
parent.send({ type: 'ready', workspace: process.argv[3], socket: '' })
