import type { Fate } from '../../courier.js'
import { rollFor } from '../../random.js'
import type { RecordedEvent } from '../event-log.js'
import { ofType } from '../event-types.js'

/** Hits certain events only, from the moment it is added. */
export interface Misfortune {
  readonly kind: 'lose' | 'duplicate' | 'delay'
  /** Such as `invoice.paid`, or `invoice.*`. */
  readonly type?: string
  /** The id of what the event is about: an invoice, and with it its payment intents and charges; a customer, ... */
  readonly about?: string
  /** On the way to this endpoint only, by id. */
  readonly endpoint?: string
  /** Of matching events, from 0 to 1, rolled by the seed. All of them when absent. */
  readonly share?: number
  /** Hits so many deliveries, then is over. */
  readonly count?: number
  /** For `delay`: exactly so long. */
  readonly delayMs?: number
}

interface Rule {
  readonly misfortune: Misfortune
  readonly name: string
  readonly isOfType: (type: string) => boolean
  hits: number
}

/** What a test wants to go wrong between an account and its endpoints. */
export class Misfortunes {
  readonly #seed: string
  #rules: Rule[] = []
  #added = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Gives a function that takes it back. */
  add(misfortune: Misfortune): () => void {
    this.#added += 1
    const name = `misfortune ${this.#added}`
    const rule: Rule = { misfortune, name, isOfType: ofType(misfortune.type ?? '*'), hits: 0 }
    this.#rules.push(rule)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule)
    }
  }

  clear(): void {
    this.#rules = []
  }

  fateOf(event: RecordedEvent, endpoint: string): Fate {
    const struck = this.#rules
      .filter((rule) => this.#strikes(rule, event, endpoint))
      .map(({ misfortune }) => misfortune)
    return {
      lost: struck.some(({ kind }) => kind === 'lose'),
      again: struck.some(({ kind }) => kind === 'duplicate'),
      waitMs: struck.reduce((sum, { delayMs = 0, kind }) => (kind === 'delay' ? sum + delayMs : sum), 0),
    }
  }

  #strikes(rule: Rule, event: RecordedEvent, endpoint: string): boolean {
    const { about, count = Number.POSITIVE_INFINITY, endpoint: only = endpoint, share = 1 } = rule.misfortune
    if (rule.hits >= count || only !== endpoint || !rule.isOfType(event.type)) return false
    if (about !== undefined && !isAbout(event, about)) return false
    if (share < 1 && rollFor(this.#seed, rule.name, event.id, endpoint) >= share) return false
    rule.hits += 1
    return true
  }
}

function isAbout(event: RecordedEvent, id: string): boolean {
  return event.objectId === id || event.relations.invoice === id || event.objectJson.includes(`"${id}"`)
}
