import type { BrowserWindow, IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { ipcMain } from 'electron'
import type { MenuCommand } from '@shared/bridge'
import { toErrorPayload } from '@shared/errors'
import type { RpcMessage } from '@shared/rpc'
import { readRpcRequest } from '@shared/rpc'
import type { EngineClient } from '../platform/engine-client'
import { isOwnPage } from './pages'

/** The windows that may speak to the engine. */
export interface Windows {
  add(window: BrowserWindow): void
  readonly open: () => readonly BrowserWindow[]
  /** Whether a message comes from the page of a window of ours, and not from a frame inside it. */
  isTrusted(event: IpcMainEvent | IpcMainInvokeEvent): boolean
  send(channel: 'graftbench:message', message: RpcMessage): void
  send(channel: 'graftbench:menu', command: MenuCommand): void
}

export function createWindows(): Windows {
  const windows = new Set<BrowserWindow>()
  return {
    add: (window) => {
      windows.add(window)
      window.on('closed', () => windows.delete(window))
    },
    open: () => [...windows],
    isTrusted: ({ sender, senderFrame }) => {
      const isOurs = [...windows].some(({ webContents }) => webContents.id === sender.id)
      if (!isOurs || senderFrame === null) return false
      return senderFrame === sender.mainFrame && isOwnPage(senderFrame.url)
    },
    send: (channel: string, message: unknown) => {
      for (const window of windows) {
        if (!window.isDestroyed()) window.webContents.send(channel, message)
      }
    },
  }
}

/** Carries rpc.ts messages between windows and the engine, without looking into them. */
export function routeCalls(engine: Promise<EngineClient>, windows: Windows): void {
  ipcMain.on('graftbench:request', (event, message: unknown) => {
    if (!windows.isTrusted(event)) return warnOfStranger('graftbench:request', event)
    const request = readRpcRequest(message)
    if (request === null) return
    const { id, procedure, input } = request
    const reply = (answer: RpcMessage): void => {
      if (!event.sender.isDestroyed()) event.sender.send('graftbench:message', answer)
    }
    engine
      .then((client) => client.forward(procedure, input))
      .then(
        (result) => reply({ type: 'result', id, result }),
        (error: unknown) => reply({ type: 'error', id, error: toErrorPayload(error) }),
      )
  })
  engine.then(
    (client) => client.subscribe((message) => windows.send('graftbench:message', message)),
    () => undefined,
  )
}

/** Tells which window holds edits that closing it would lose. */
export function followUnsaved(windows: Windows): (window: BrowserWindow) => boolean {
  const unsaved = new Set<number>()
  ipcMain.on('graftbench:unsaved', (event, value: unknown) => {
    if (!windows.isTrusted(event)) return warnOfStranger('graftbench:unsaved', event)
    if (value === true) unsaved.add(event.sender.id)
    else unsaved.delete(event.sender.id)
  })
  return (window) => !window.isDestroyed() && unsaved.has(window.webContents.id)
}

/** A channel with an answer. A stranger gets an error that tells nothing. */
export function handle(
  windows: Windows,
  channel: string,
  answer: (input: unknown, window: BrowserWindow) => Promise<unknown>,
): void {
  ipcMain.handle(channel, (event, input: unknown) => {
    const window = windows.open().find(({ webContents }) => webContents.id === event.sender.id)
    if (window !== undefined && windows.isTrusted(event)) return answer(input, window)
    warnOfStranger(channel, event)
    throw new Error('Refused.')
  })
}

function warnOfStranger(channel: string, event: IpcMainEvent | IpcMainInvokeEvent): void {
  console.warn(
    `${channel}: refused a message from ${event.senderFrame?.url ?? 'a frame that ended'}`,
  )
}
