import type { Suppression } from 'resend'
import { rollFor } from '../random.js'
import { bareAddress } from './addresses.js'

/** What becomes of a mail to an address. */
export const FATES = [
  'delivered',
  'delayed',
  'complained',
  'bounced_transiently',
  'bounced',
  'suppressed',
  'failed',
] as const

export type Fate = (typeof FATES)[number]

/** Shares are from 0 to 1 and are rolled per address; an address has one of these fates at most. */
export interface FateOptions {
  /** Bounce for good. */
  readonly bounces?: number
  readonly complaints?: number
  /** Delivered late, by `delayMs`. */
  readonly delays?: number
  /** Milliseconds of the provider's clock. */
  readonly delayMs?: number
}

/** Why an address gets nothing any more. */
export interface Suppressed {
  readonly origin: Suppression['origin']
  /** The mail that caused it; null when somebody said so. */
  readonly sourceId: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

const DEFAULTS = { bounces: 0, complaints: 0, delays: 0, delayMs: 60_000 }

/** Source: resend.com/docs/dashboard/emails/send-test-emails. All but the last take a `+label`. */
const TEST_ADDRESS = /^(?:(delivered|bounced|complained)(?:\+[^@]*)?|(suppressed))@resend\.dev$/

/** Who gets mail, who bounces and who is left alone, and the team's suppression list. */
export class Fates {
  readonly suppressed = new Map<string, Suppressed>()
  readonly #set = new Map<string, Fate>()
  readonly #seed: string
  options: Required<FateOptions>

  constructor(seed: string, options: FateOptions = {}) {
    this.#seed = seed
    this.options = { ...DEFAULTS, ...options }
  }

  configure(options: FateOptions): void {
    this.options = { ...this.options, ...options }
  }

  /** From now on; the address is taken off the suppression list. */
  set(address: string, fate: Fate): void {
    const bare = bareAddress(address)
    this.suppressed.delete(bare)
    this.#set.set(bare, fate)
  }

  /** Back to what its share says. */
  unset(address: string): void {
    const bare = bareAddress(address)
    this.suppressed.delete(bare)
    this.#set.delete(bare)
  }

  list(): readonly (readonly [string, Fate])[] {
    return [...this.#set]
  }

  /** The suppression list comes first; then what was set, Resend's test addresses, and what is rolled. */
  of(address: string): Fate {
    const bare = bareAddress(address)
    if (this.suppressed.has(bare)) return 'suppressed'
    return this.#set.get(bare) ?? testFate(bare) ?? this.#rolled(bare)
  }

  /** An address that bounced for good or complained gets nothing any more. The test addresses can be used again. */
  suppress(address: string, origin: 'bounce' | 'complaint', sourceId: string, at: number): void {
    const bare = bareAddress(address)
    if (testFate(bare) === undefined) this.suppressed.set(bare, { origin, sourceId, at })
  }

  clear(): void {
    this.suppressed.clear()
    this.#set.clear()
  }

  #rolled(address: string): Fate {
    const { bounces, complaints, delays } = this.options
    if (bounces + complaints + delays === 0) return 'delivered'
    const roll = rollFor(this.#seed, 'fate', address)
    if (roll < bounces) return 'bounced'
    if (roll < bounces + complaints) return 'complained'
    return roll < bounces + complaints + delays ? 'delayed' : 'delivered'
  }
}

function testFate(address: string): Fate | undefined {
  const found = TEST_ADDRESS.exec(address)
  const name = found?.[1] ?? found?.[2]
  return FATES.find((fate) => fate === name)
}
