import { createRandom } from '../../../src/main/platform/random'

/** Seeded draws for synthetic data. */
export function draws(seed: number): {
  readonly uniform: () => number
  readonly normal: () => number
} {
  const random = createRandom(seed)
  const uniform = (): number => (random.next() + 0.5) / 2 ** 32
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, normal }
}
