import { cpus, totalmem } from 'node:os'
import { existsSync, readFileSync } from 'node:fs'
import { arch, platform } from 'node:process'
import type { Machine } from '@shared/domain'
import { freeBytes } from '../platform/disk'
import type { Context } from './context'
import type { HandlersOf } from './handlers'

export const systemHandlers = (context: Context): HandlersOf<'system'> => ({
  'system.info': async () => ({
    version: context.version,
    workspace: context.workspace.root,
    machine: describeMachine(context.version),
    cpuFeatures: cpuFeatures(),
    freeDiskBytes: await freeBytes(context.workspace.root),
    sqlite: context.sqlite,
  }),
})

/** TensorFlow the binding is built for; the engine itself never loads it. */
const tensorflowVersion = '2.21.0'

function describeMachine(version: string): Machine {
  const [cpu] = cpus()
  return {
    platform: `${platform}-${arch}`,
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    device: existsSync('/proc/driver/nvidia/version') ? 'gpu' : 'cpu',
    tensorflow: tensorflowVersion,
    node: process.versions.node,
    graftbench: version,
  }
}

const interesting = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_bf16', 'amx_bf16', 'asimd']

/** Instruction sets that matter for speed, where the system tells them (Linux). */
function cpuFeatures(): readonly string[] {
  if (platform !== 'linux') return []
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
  const flags = new Set((line ?? '').trim().split(/\s+/))
  return interesting.filter((name) => flags.has(name))
}
