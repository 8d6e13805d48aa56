export * from '../platform/random'
