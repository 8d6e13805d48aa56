// @ts-check
import { performance } from 'node:perf_hooks'

/** How far back the rate of a download looks, in milliseconds. */
const rateWindow = 10_000
/** How often a line is written where the output is not a terminal, in milliseconds. */
const plainInterval = 10_000

/**
 * A number of bytes as a person reads it: `261.5 MiB`.
 * @param {number} bytes
 * @returns {string}
 */
export function formatBytes(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return unit === 0 ? `${Math.round(value)} B` : `${value.toFixed(1)} ${units[unit]}`
}

/**
 * A duration as a person reads it: `2 min 05 s`.
 * @param {number} seconds
 * @returns {string}
 */
export function formatDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** Measures the rate of something that grows, over the last seconds. */
export class RateMeter {
  /** @type {{ at: number, done: number }[]} */
  #samples = []

  /**
   * @param {number} done total so far
   * @param {number} [at] milliseconds
   */
  add(done, at = performance.now()) {
    this.#samples.push({ at, done })
    const recent = this.#samples.findIndex((sample) => at - sample.at <= rateWindow)
    // One sample from before the window stays, so that a slow transfer still has a rate.
    if (recent > 1) this.#samples.splice(0, recent - 1)
  }

  /** @returns {number} units per second; 0 until two samples are there */
  get rate() {
    const first = this.#samples.at(0)
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.at <= first.at) return 0
    return ((last.done - first.done) / (last.at - first.at)) * 1000
  }
}

/**
 * The line of a download: done of total, rate, remaining time.
 * @param {number} done bytes
 * @param {number | undefined} total bytes; undefined where it is not known
 * @param {number} rate bytes per second
 * @returns {string}
 */
export function transferLine(done, total, rate) {
  const size =
    total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`
  if (rate <= 0) return size
  const speed = `${size}, ${formatBytes(rate)}/s`
  return total === undefined
    ? speed
    : `${speed}, ${formatDuration((total - done) / rate)} remaining`
}

/**
 * Where set-up says what it does: a line that rewrites itself on a terminal, a line now and
 * then elsewhere. Silent until there is something to say.
 */
export class Progress {
  #label = ''
  #shown = false
  #started = 0
  #lastPlain = 0

  /** @param {Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean }} [stream] */
  constructor(stream = process.stderr) {
    this.stream = stream
  }

  /** @param {string} label the step that begins */
  start(label) {
    this.#label = label
    this.#started = performance.now()
    this.#lastPlain = this.#started
    this.#write(`${label} …`)
  }

  /** @param {string} text how far the step is */
  update(text) {
    if (this.stream.isTTY === true) {
      this.stream.write(`\r\u001b[2K${this.#label}: ${text}`)
      this.#shown = true
      return
    }
    const now = performance.now()
    if (now - this.#lastPlain < plainInterval) return
    this.#lastPlain = now
    this.stream.write(`${this.#label}: ${text}\n`)
  }

  /** @param {string} [text] what came of the step */
  done(text = 'done') {
    const seconds = formatDuration((performance.now() - this.#started) / 1000)
    this.#write(`${this.#label}: ${text} (${seconds})`)
    if (this.stream.isTTY === true) this.stream.write('\n')
    this.#shown = false
  }

  /** @param {string} text a line of its own */
  note(text) {
    if (this.#shown && this.stream.isTTY === true) this.stream.write('\n')
    this.#shown = false
    this.stream.write(`${text}\n`)
  }

  /** @param {string} text */
  #write(text) {
    const line = this.stream.isTTY === true ? `\r\u001b[2K${text}` : `${text}\n`
    this.stream.write(line)
    this.#shown = true
  }
}
