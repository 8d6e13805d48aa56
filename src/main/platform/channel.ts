import type { ChildProcess } from 'node:child_process'

/** One end of a two-way stream of messages between processes; messages keep their order. */
export interface Channel {
  /** Sends a message; silently nothing after the channel was closed. */
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once when either end closes; at once when it is closed already. */
  onClose(listener: () => void): void
  /** Resolves when every message sent so far was handed to the operating system. */
  flush(): Promise<void>
  close(): void
}

/** What Electron's MessagePortMain, its ParentPort and Node's MessagePort have in common. */
export interface PortLike {
  postMessage(message: unknown, transfer?: readonly unknown[]): void
  on(event: string, listener: (value: unknown) => void): unknown
  start?(): void
  close?(): void
}

/** Remembers that a channel closed, so that late listeners are told too. */
function closing(): { readonly add: (listener: () => void) => void; readonly fire: () => void } {
  const listeners: (() => void)[] = []
  let closed = false
  return {
    add: (listener) => {
      if (closed) queueMicrotask(listener)
      else listeners.push(listener)
    },
    fire: () => {
      if (closed) return
      closed = true
      for (const listener of listeners) listener()
    },
  }
}

/** The parent's end of the IPC channel of a forked process (`serialization: 'advanced'`). */
export function childChannel(child: ChildProcess): Channel {
  const closed = closing()
  const pending = new Set<Promise<void>>()
  child.on('disconnect', closed.fire)
  child.on('exit', closed.fire)
  child.on('error', closed.fire)
  return {
    send: (message) => {
      if (!child.connected) return
      track(pending, (done) => child.send(toSerializable(message), done))
    },
    onMessage: (listener) => child.on('message', listener),
    onClose: closed.add,
    flush: () => settle(pending),
    close: () => {
      if (child.connected) child.disconnect()
    },
  }
}

/** The child's end of the IPC channel to the process that forked it. */
export function processChannel(own: NodeJS.Process = process): Channel {
  const closed = closing()
  const pending = new Set<Promise<void>>()
  own.on('disconnect', closed.fire)
  if (own.send === undefined) closed.fire()
  return {
    send: (message) => {
      if (own.send === undefined || !own.connected) return
      track(pending, (done) =>
        own.send?.(toSerializable(message), undefined, undefined, () => done()),
      )
    },
    onMessage: (listener) => own.on('message', listener),
    onClose: closed.add,
    flush: () => settle(pending),
    close: () => {
      if (own.connected) own.disconnect?.()
    },
  }
}

/** A MessagePort of Electron or Node as a channel. */
export function portChannel(port: PortLike): Channel {
  const closed = closing()
  port.on('close', closed.fire)
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (value) => listener(portData(value)))
      port.start?.()
    },
    onClose: closed.add,
    flush: () => new Promise((resolve) => setImmediate(resolve)),
    close: () => {
      port.close?.()
      closed.fire()
    },
  }
}

/** Two connected channels within one process; messages are cloned as they would be between two. */
export function channelPair(): readonly [Channel, Channel] {
  const ends = [end(), end()] as const
  const channel = (own: End, other: End): Channel => ({
    send: (message) => {
      if (own.open) {
        const copy: unknown = structuredClone(message)
        setImmediate(() => other.listeners.forEach((listener) => listener(copy)))
      }
    },
    onMessage: (listener) => own.listeners.push(listener),
    onClose: own.closed.add,
    flush: () => new Promise((resolve) => setImmediate(resolve)),
    close: () => {
      own.open = other.open = false
      own.closed.fire()
      setImmediate(other.closed.fire)
    },
  })
  return [channel(ends[0], ends[1]), channel(ends[1], ends[0])]
}

interface End {
  open: boolean
  readonly listeners: ((message: unknown) => void)[]
  readonly closed: ReturnType<typeof closing>
}

const end = (): End => ({ open: true, listeners: [], closed: closing() })

/** Electron delivers an event with `data`; Node delivers the message itself. */
const portData = (value: unknown): unknown =>
  isObject(value) && 'data' in value && 'ports' in value ? value['data'] : value

/** The ports that came with an Electron message event. */
export function portsOf(value: unknown): readonly PortLike[] {
  if (!isObject(value) || !Array.isArray(value['ports'])) return []
  return value['ports'].filter(isPort)
}

/** Electron's port to the parent of a utility process; null in a plain Node process. */
export function parentPort(): PortLike | null {
  const port: unknown = 'parentPort' in process ? process.parentPort : null
  return isPort(port) ? port : null
}

/**
 * The channel a forked worker (trainer, predictor) was given: under Node the IPC channel, in
 * Electron the MessagePort that comes with the parent's first message.
 */
export function openEntryChannel(): Promise<Channel> {
  const parent = parentPort()
  if (parent === null) return Promise.resolve(processChannel())
  return new Promise((resolve) => {
    parent.on('message', (event) => {
      const port = portsOf(event)[0]
      if (port !== undefined) resolve(portChannel(port))
    })
    parent.start?.()
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isPort = (value: unknown): value is PortLike =>
  isObject(value) && typeof value['postMessage'] === 'function' && typeof value['on'] === 'function'

/** Node's typing wants a value that can be serialised; messages of this program are plain data. */
const toSerializable = (message: unknown): object => (isObject(message) ? message : { message })

function track(pending: Set<Promise<void>>, send: (done: () => void) => void): void {
  const sent = new Promise<void>((resolve) => send(() => resolve()))
  pending.add(sent)
  void sent.then(() => pending.delete(sent))
}

const settle = async (pending: ReadonlySet<Promise<void>>): Promise<void> => {
  await Promise.all(pending)
}
