import type { SystemInfo } from '@shared/contract'

/** What a report needs to know of the machine, as text. */
export const systemText = (system: SystemInfo): string =>
  [
    `Graftbench ${system.version}`,
    `System: ${system.machine.platform}`,
    `Processor: ${system.machine.cpu} (${system.machine.cores})`,
    `Instruction sets: ${system.cpuFeatures.join(', ')}`,
    `Memory: ${system.machine.memoryBytes} B, free disk: ${system.freeDiskBytes} B`,
    `Device: ${system.machine.device}, TensorFlow ${system.machine.tensorflow}`,
    `Node ${system.machine.node}, SQLite ${system.sqlite}`,
  ].join('\n')
