import type { SimulatedPrice } from '../objects/price.js'

/**
 * The end of the period that begins at `start`, in seconds: a month or year on, on the day of the month on which the
 * subscription is anchored, or on the month's last day where it has no such day, as Stripe counts.
 * Source: docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function periodEnd(price: SimulatedPrice, start: number, anchor = start): number {
  return shifted(price, start, anchor, 1)
}

/** The start of the period that ends at `end`. */
export function periodStart(price: SimulatedPrice, end: number): number {
  return shifted(price, end, end, -1)
}

function shifted({ recurring }: SimulatedPrice, from: number, anchor: number, direction: 1 | -1): number {
  const months = direction * recurring.interval_count * (recurring.interval === 'year' ? 12 : 1)
  const date = new Date(from * 1000)
  const wanted = new Date(anchor * 1000).getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(wanted, lastDay))
  return Math.floor(date.getTime() / 1000)
}
