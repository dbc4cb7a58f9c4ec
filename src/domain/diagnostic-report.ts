import type { DeclineClass } from './decline.js'
import { type Diagnosis, type Exclusion, type Finding, PARTS, type Part } from './diagnosis.js'
import { daysLater, wallTime, weekdayOf } from './sending-hours.js'

/** How many renewals, and where their money went; minor units of one currency. */
export interface Tally {
  invoices: number
  atRisk: number
  /** What went where, and of how many invoices something did. */
  parts: Record<Part, { amount: number; invoices: number }>
}

export interface TallyBy<Key = string> extends Tally {
  key: Key
}

/** The report of one run. Plain JSON: it is stored as it is. Names of customers are not in it. */
export interface Report {
  /** Of one currency each, the one with the most failed renewals first. */
  currencies: CurrencyReport[]
  /** Failed, and no renewals: counted apart. */
  apart: { because: Exclusion; currency: string; invoices: number; atRisk: number }[]
  leftOut: { because: Exclusion; invoices: number }[]
}

export interface CurrencyReport extends Tally {
  currency: string
  /** Renewals that were asked for, those that went through too. */
  renewals: number
  byDecline: TallyBy<DeclineClass>[]
  /** By the Monday that begins the week of the first failure, `2026-08-24`, in the report's time zone. */
  byWeek: TallyBy[]
  byPlan: TallyBy<string | null>[]
  byReason: TallyBy[]
  /** After these declines Stripe schedules attempts and never executes them. */
  neverRetried: TallyBy<string | null>[]
  recovery: RecoveryTimes
  /** Who lost most, at most ten. */
  largest: { customerId: string | null; invoices: number; lost: number }[]
  estimate: Estimate
}

export interface RecoveryTimes {
  /** Renewals of which all came back, from the first failure to the last payment; `withinDays` `null`: later. */
  buckets: { withinDays: number | null; invoices: number; amount: number }[]
  medianSeconds: number | null
}

/**
 * What a prompt could have reached of what was lost: what failed for reasons that a customer can mend, and nobody was
 * written to about.
 */
export interface Estimate {
  invoices: number
  /** All of it: no more was there to reach. */
  atMost: number
  /** As large a share of it as came by itself among those who were not written to either. */
  atLeast: number
  /** What that share is taken from: what somebody paid unasked, of it and of what was lost. */
  cameUnasked: number
}

/** The classes of declines that a customer ends alone: another card, a confirmation, money in the account. */
export const MENDABLE: readonly DeclineClass[] = ['card', 'authentication', 'funds']
/** Recoveries are told by how long they took; `null`: longer. */
export const BUCKET_DAYS = [1, 3, 7, 14, 30, null] as const
const LARGEST = 10
const DAY = 86_400

/** What belongs to a finding and is not Stripe's to say. */
export interface Place {
  /** As in `CurrencyReport.byWeek`. */
  readonly week: string
  /** We wrote to this customer about it. */
  readonly wasPrompted: boolean
}

/** Adds up diagnoses, one after the other: what it holds grows with customers and plans, not with invoices. */
export class ReportBuilder {
  readonly #currencies = new Map<string, Sums>()
  readonly #apart = new Map<string, Report['apart'][number]>()
  readonly #leftOut = new Map<Exclusion, number>()

  add(currency: string, diagnosis: Diagnosis, place: Place): void {
    if (diagnosis.kind === 'excluded') {
      this.#leaveOut(diagnosis)
      return
    }
    const sums = this.#sumsOf(currency)
    sums.renewals += 1
    if (diagnosis.kind === 'failed') sums.add(diagnosis.finding, place)
  }

  report(): Report {
    const currencies = [...this.#currencies.values()].map((sums) => sums.report())
    return {
      currencies: currencies.sort((a, b) => b.invoices - a.invoices || a.currency.localeCompare(b.currency)),
      apart: [...this.#apart.values()],
      leftOut: [...this.#leftOut].map(([because, invoices]) => ({ because, invoices })),
    }
  }

  #sumsOf(currency: string): Sums {
    const known = this.#currencies.get(currency)
    if (known) return known
    const sums = new Sums(currency)
    this.#currencies.set(currency, sums)
    return sums
  }

  #leaveOut({ because, finding }: Extract<Diagnosis, { kind: 'excluded' }>): void {
    this.#leftOut.set(because, (this.#leftOut.get(because) ?? 0) + 1)
    if (finding === null) return
    const { atRisk, currency } = finding
    const key = `${because} ${currency}`
    const apart = this.#apart.get(key) ?? { because, currency, invoices: 0, atRisk: 0 }
    apart.invoices += 1
    apart.atRisk += atRisk
    this.#apart.set(key, apart)
  }
}

/** The sums of one currency as they grow. */
class Sums {
  renewals = 0
  readonly #all = emptyTally()
  readonly #byDecline = new Tallies<DeclineClass>()
  readonly #byWeek = new Tallies()
  readonly #byPlan = new Tallies<string | null>()
  readonly #byReason = new Tallies()
  readonly #neverRetried = new Tallies<string | null>()
  readonly #byCustomer = new Tallies<string | null>()
  readonly #recoverySeconds: number[] = []
  readonly #buckets = BUCKET_DAYS.map((withinDays) => ({ withinDays, invoices: 0, amount: 0 }))
  readonly #mendable = { invoices: 0, lost: 0, cameUnasked: 0 }

  constructor(readonly currency: string) {}

  add(finding: Finding, { wasPrompted, week }: Place): void {
    tally(this.#all, finding)
    this.#byDecline.add(finding.declineClass, finding)
    this.#byWeek.add(week, finding)
    this.#byPlan.add(finding.plan, finding)
    this.#byReason.add(finding.billingReason, finding)
    this.#byCustomer.add(finding.customerId, finding)
    if (finding.neverRetried) this.#neverRetried.add(finding.declineCode, finding)
    this.#addRecovery(finding)
    if (!wasPrompted && MENDABLE.includes(finding.declineClass)) this.#addMendable(finding)
  }

  report(): CurrencyReport {
    const largest = this.#byCustomer.rows().filter(({ parts }) => parts.lost.amount > 0)
    return {
      currency: this.currency,
      renewals: this.renewals,
      ...this.#all,
      byDecline: this.#byDecline.rows(),
      byWeek: this.#byWeek.rows().sort((a, b) => (a.key < b.key ? -1 : 1)),
      byPlan: this.#byPlan.rows(),
      byReason: this.#byReason.rows(),
      neverRetried: this.#neverRetried.rows(),
      recovery: { buckets: this.#buckets, medianSeconds: median(this.#recoverySeconds) },
      largest: largest
        .sort((a, b) => b.parts.lost.amount - a.parts.lost.amount)
        .slice(0, LARGEST)
        .map(({ key, parts: { lost } }) => ({ customerId: key, invoices: lost.invoices, lost: lost.amount })),
      estimate: this.#estimate(),
    }
  }

  #addRecovery({ atRisk, firstFailedAt, recoveredAt }: Finding): void {
    if (recoveredAt === null) return
    const took = recoveredAt - firstFailedAt
    this.#recoverySeconds.push(took)
    const bucket = this.#buckets.find(({ withinDays }) => withinDays === null || took <= withinDays * DAY)
    if (!bucket) return
    bucket.invoices += 1
    bucket.amount += atRisk
  }

  /** Stripe's own retries are not counted as people who came: nobody did anything. */
  #addMendable({ parts }: Finding): void {
    if (parts.lost > 0) this.#mendable.invoices += 1
    this.#mendable.lost += parts.lost
    this.#mendable.cameUnasked += parts.paid + parts.late + parts.outOfBand
  }

  #estimate(): Estimate {
    const { cameUnasked, invoices, lost } = this.#mendable
    return { invoices, atMost: lost, atLeast: shareOf(lost, cameUnasked, cameUnasked + lost), cameUnasked }
  }
}

/** Sums by something, the largest at risk first. */
class Tallies<Key extends string | null = string> {
  readonly #tallies = new Map<Key, Tally>()

  add(key: Key, finding: Finding): void {
    const known = this.#tallies.get(key) ?? emptyTally()
    this.#tallies.set(key, known)
    tally(known, finding)
  }

  rows(): TallyBy<Key>[] {
    return [...this.#tallies].map(([key, sums]) => ({ key, ...sums })).sort((a, b) => b.atRisk - a.atRisk)
  }
}

function emptyTally(): Tally {
  const parts = Object.fromEntries(PARTS.map((part) => [part, { amount: 0, invoices: 0 }])) as Tally['parts']
  return { invoices: 0, atRisk: 0, parts }
}

function tally(sums: Tally, { atRisk, parts }: Finding): void {
  sums.invoices += 1
  sums.atRisk += atRisk
  for (const part of PARTS) {
    if (parts[part] === 0) continue
    sums.parts[part].amount += parts[part]
    sums.parts[part].invoices += 1
  }
}

/** Rounded down to a whole minor unit, exact for any sum. */
const shareOf = (amount: number, part: number, whole: number): number =>
  whole === 0 ? 0 : Number((BigInt(amount) * BigInt(part)) / BigInt(whole))

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  return sorted[(sorted.length - 1) >> 1] ?? null
}

/** The Monday that begins the week of a moment on the clock of a time zone: `2026-08-24`. */
export function weekOf(seconds: number, timeZone: string): string {
  const day = { ...wallTime(new Date(seconds * 1_000), timeZone), minute: 0 }
  const monday = daysLater(day, -((weekdayOf(day) + 6) % 7))
  return new Date(Date.UTC(monday.year, monday.month - 1, monday.day)).toISOString().slice(0, 10)
}
