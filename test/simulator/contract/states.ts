import { DECLINE_NAMES } from '../stripe/declines.js'
import type { StripeSimulator } from '../stripe/index.js'

/** Brings about every state that an object of the simulated account can be in. */
export function everyState(simulator: StripeSimulator): void {
  for (const declineCode of DECLINE_NAMES) simulator.failRenewal({ declineCode })
  endings(simulator)
  moneyBack(simulator)
  subscriptions(simulator)
  customers(simulator)
}

function endings(simulator: StripeSimulator): void {
  simulator.renew()
  simulator.pay(simulator.failRenewal().invoice.id)
  simulator.payOutOfBand(simulator.failRenewal().invoice.id)
  simulator.voidInvoice(simulator.failRenewal().invoice.id)
  simulator.markUncollectible(simulator.failRenewal().invoice.id)
  const inParts = simulator.failRenewal({ amount: 10_000 }).invoice.id
  simulator.payPart(inParts, 2_500)
  const { customer, invoice } = simulator.failRenewal({ worksFromAttempt: 2 })
  simulator.saveCard(customer.id)
  simulator.retry(invoice.id)
}

function moneyBack(simulator: StripeSimulator): void {
  const paid = () => simulator.pay(simulator.failRenewal({ amount: 10_000 }).invoice.id).id
  simulator.refund(paid())
  simulator.refund(paid(), { amount: 1_000 })
  simulator.refund(paid(), { fails: true })
  simulator.dispute(paid())
  simulator.closeDispute(simulator.dispute(paid()).id, 'won')
  simulator.closeDispute(simulator.dispute(paid()).id, 'lost')
  simulator.creditNote(paid(), { amount: 1_000 })
  simulator.creditNote(paid(), { amount: 1_000, refund: true })
  simulator.creditNote(paid(), { amount: 1_000, outOfBand: true })
  simulator.creditNote(simulator.failRenewal({ amount: 10_000 }).invoice.id, { amount: 4_000 })
  simulator.voidCreditNote(
    simulator.creditNote(simulator.failRenewal({ amount: 10_000 }).invoice.id, { amount: 1_000 }).id,
  )
}

function subscriptions(simulator: StripeSimulator): void {
  const running = () => simulator.renew().subscription.id
  simulator.cancelSubscription(running())
  simulator.cancelAtPeriodEnd(running())
  for (const behavior of ['keep_as_draft', 'mark_uncollectible', 'void'] as const) {
    const paused = running()
    simulator.pauseCollection(paused, { behavior })
    simulator.endPeriod(paused)
  }
  simulator.pauseSubscription(running())
  const resumed = running()
  simulator.pauseSubscription(resumed)
  simulator.resumeSubscription(resumed)
}

function customers(simulator: StripeSimulator): void {
  simulator.failRenewal({ email: null, name: null })
  simulator.failRenewal({ ownCard: true })
  simulator.updateCardAutomatically(simulator.renew().customer.id)
  simulator.detachCard(simulator.saveCard(simulator.failRenewal().customer.id))
  simulator.deleteCustomer(simulator.failRenewal().customer.id)
  ofAccount(simulator)
}

/** A customer that is known by an account alone. */
function ofAccount(simulator: StripeSimulator): void {
  const { customer, invoice, subscription } = simulator.failRenewal({ customerAccount: true, amount: 10_000 })
  simulator.saveCard(customer.id)
  simulator.payPart(invoice.id, 4_000)
  simulator.pay(invoice.id)
  simulator.creditNote(invoice.id, { amount: 1_000, refund: true })
  simulator.dispute(invoice.id, { amount: 1_000 })
  simulator.cancelSubscription(subscription.id)
}
