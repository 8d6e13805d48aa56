/**
 * Environment of a trainer or predictor process. It has to be set when the process starts: the C
 * library and TensorFlow read it once.
 *
 * - `MALLOC_*`: freed buffers stay with the process and are reused. By default the C library maps
 *   every large buffer afresh and the kernel clears its pages each time: 10 to 15% of a step.
 * - `TF_NUM_INTRAOP_THREADS`, `OMP_NUM_THREADS`: threads inside one operation.
 * - `TF_NUM_INTEROP_THREADS`: operations run one after the other, in program order.
 * - `TF_CPP_MIN_LOG_LEVEL`: warnings and errors only.
 */
export function trainerEnvironment(threads: number): Readonly<Record<string, string>> {
  const count = String(Math.max(1, Math.floor(threads)))
  return {
    MALLOC_MMAP_THRESHOLD_: '4294967296',
    MALLOC_TRIM_THRESHOLD_: '17179869184',
    MALLOC_TOP_PAD_: '268435456',
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: count,
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_DETERMINISTIC_OPS: '1',
  }
}
