import type { QueueFacts } from '../../../admin/queue-facts.js'
import type { Waiting } from '../../db/queries/what-waits.js'
import type { Installation } from '../../diagnostics/read-installation.js'
import { age, duration } from './ages.js'
import type { GlyphName, Tone } from './case-state.js'
import { counted } from './words.js'

/** How the installation stands, for whoever runs it. */
export interface InstallationView {
  readonly state: { readonly glyph: GlyphName; readonly tone: Tone; readonly words: string }
  /** `null`: the queues do not answer. */
  readonly queues: readonly QueueLine[] | null
  readonly waiting: readonly {
    readonly what: string
    readonly count: string
    readonly since: string
    readonly isLate: boolean
  }[]
  readonly facts: readonly { readonly name: string; readonly value: string }[]
}

export interface QueueLine {
  readonly name: string
  readonly workers: string
  readonly waiting: string
  readonly oldest: string
  readonly active: string
  readonly delayed: string
  readonly failed: string
  readonly needsLook: boolean
}

interface Read {
  readonly installation: Installation
  readonly queues: readonly QueueFacts[] | null
  readonly backend: 'Postgres' | 'Redis'
  readonly version: string
}

/** What is due longer than this waits for something that is wrong. */
const LATE_MS = 2 * 60_000

export function presentInstallation({ installation, queues, backend, version }: Read, now: Date): InstallationView {
  const { database, migrations, waiting, workspaces, process, machine } = installation
  const isLate = ({ since }: Waiting) => since !== null && now.getTime() - since.getTime() > LATE_MS
  return {
    state: stateOf(queues, migrations.pending, waiting.some(isLate)),
    queues: queues?.map((queue) => lineOf(queue, now)) ?? null,
    waiting: waiting.map((each) => ({
      what: NAMES[each.what],
      count: each.count.toLocaleString('en-US'),
      since: each.since ? age(each.since, now) : '–',
      isLate: isLate(each),
    })),
    facts: [
      { name: 'SecondLoop', value: version },
      { name: 'Queues on', value: backend },
      { name: 'Postgres', value: `${database.version}, ${size(database.bytes)}` },
      {
        name: 'Migrations',
        value: `${migrations.applied} applied, ${migrations.pending.length === 0 ? 'none pending' : `pending: ${migrations.pending.join(', ')}`}`,
      },
      { name: 'Newest migration', value: migrations.newest ?? 'None' },
      { name: 'Workspaces', value: workspaces.toLocaleString('en-US') },
      {
        name: 'This web process',
        value: `Node ${process.node}, ${size(process.memoryBytes)}, up for ${duration(process.upSeconds * 1_000)}`,
      },
      { name: 'Machine', value: `${counted(machine.cpus, 'processor')}, ${size(machine.memoryBytes)}` },
    ],
  }
}

const NAMES: Record<Waiting['what'], string> = {
  events: 'Events to process',
  touches: 'Touches to send',
  deliveries: 'Deliveries to repeat or look up',
  questions: 'Cases to ask Stripe about',
  cards: 'Cards to look at',
}

function stateOf(
  queues: readonly QueueFacts[] | null,
  pending: readonly string[],
  isLate: boolean,
): InstallationView['state'] {
  const grave = (words: string) => ({ glyph: 'attention', tone: 'attention', words }) as const
  if (!queues) return grave('The queues do not answer. Nothing is lost: what is due is done once they do.')
  if (pending.length > 0) return grave('The database lacks migrations of this version: run the release step.')
  if (queues.some(({ workers }) => workers === 0)) return grave('No worker takes jobs: start one.')
  if (isLate) return grave('Something that is due has been waiting for minutes.')
  return { glyph: 'recovered', tone: 'recovered', words: 'Everything that is due gets done' }
}

function lineOf(
  { name, waiting, active, delayed, failed, oldestWaitingAt, workers }: QueueFacts,
  now: Date,
): QueueLine {
  const number = (count: number) => count.toLocaleString('en-US')
  return {
    name,
    workers: number(workers),
    waiting: number(waiting),
    oldest: oldestWaitingAt ? age(oldestWaitingAt, now) : '–',
    active: number(active),
    delayed: number(delayed),
    failed: number(failed),
    needsLook: workers === 0 || failed > 0,
  }
}

/** Binary units: `148 MiB`. */
function size(bytes: number): string {
  const mebibytes = bytes / 2 ** 20
  return mebibytes < 1_024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1_024).toFixed(1)} GiB`
}
