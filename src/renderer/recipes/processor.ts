import type { SystemInfo } from '@shared/contract'

/** Whether the processor multiplies in bfloat16; null where a GPU does the work. */
export function knowsBfloat16({ machine, cpuFeatures }: SystemInfo): boolean | null {
  if (machine.device === 'gpu') return null
  return cpuFeatures.includes('avx512_bf16') || cpuFeatures.includes('amx_bf16')
}
