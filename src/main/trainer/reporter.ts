import type { LogLine, RunProgress } from '@shared/domain/run'
import type { MetricBlock, RunEvent, TrainerMessage } from '@shared/trainer'
import type { Journal } from './journal'

/** One point of every series of a step. */
export interface StepPoint {
  readonly step: number
  readonly seconds: number
  readonly epoch: number
  readonly samples: number
  readonly values: Readonly<Record<string, number>>
}

interface OpenBlock {
  readonly step: number[]
  readonly value: number[]
  readonly seconds: number[]
  readonly epoch: number[]
  readonly samples: number[]
}

/**
 * What a run tells: history goes to the journal first and is sent then; points are gathered into
 * blocks and leave about twice a second, as does progress, which is not history.
 */
export class Reporter {
  private readonly blocks = new Map<string, OpenBlock>()
  private lastFlush: number
  private lastProgress = Number.NEGATIVE_INFINITY
  private lastPhase: RunProgress['phase'] | undefined

  constructor(
    private readonly journal: Journal,
    private readonly send: (message: TrainerMessage) => void,
    private readonly now: () => number = () => performance.now(),
    private readonly intervalMs = 500,
  ) {
    this.lastFlush = now()
  }

  /** Journals and sends an event, after the points that came before it. */
  record(event: RunEvent, options: { readonly durable?: boolean } = {}): void {
    if (event.type !== 'metrics') this.flush()
    this.send({ type: 'event', recorded: this.journal.append(event, options) })
  }

  log(level: LogLine['level'], message: string): void {
    this.record({ type: 'log', line: { time: Date.now(), level, message } })
  }

  point(point: StepPoint): void {
    for (const [series, value] of Object.entries(point.values)) {
      const block = this.blockOf(series)
      block.step.push(point.step)
      block.value.push(value)
      block.seconds.push(point.seconds)
      block.epoch.push(point.epoch)
      block.samples.push(point.samples)
    }
    if (this.now() - this.lastFlush >= this.intervalMs) this.flush()
  }

  flush(): void {
    this.lastFlush = this.now()
    if (this.blocks.size === 0) return
    const blocks: MetricBlock[] = []
    for (const [series, block] of this.blocks) blocks.push({ series, ...block })
    this.blocks.clear()
    this.record({ type: 'metrics', blocks })
  }

  /** Everything told so far is on disk when this returns. */
  sync(): void {
    this.flush()
    this.journal.sync()
  }

  /** Sent at once when the phase is a new one, otherwise at most twice a second. */
  progress(progress: RunProgress): void {
    const now = this.now()
    if (progress.phase === this.lastPhase && now - this.lastProgress < this.intervalMs) return
    this.lastPhase = progress.phase
    this.lastProgress = now
    this.send({ type: 'progress', progress })
  }

  private blockOf(series: string): OpenBlock {
    const known = this.blocks.get(series)
    if (known !== undefined) return known
    const block: OpenBlock = { step: [], value: [], seconds: [], epoch: [], samples: [] }
    this.blocks.set(series, block)
    return block
  }
}
