import type { RecordedEvent } from '../event-log.js'
import { namedByAccount } from '../objects/customer-account.js'
import type { Store } from '../store.js'
import type { Json, Past } from './step.js'

/** As of now: for API answers. */
export function present(store: Store): Past {
  const shown = (object: object) => namedByAccount(JSON.parse(JSON.stringify(object)) as Json, store.customerAccounts)
  const newestFirst = (objects: readonly object[]) => objects.toReversed().map(shown)
  return {
    price: (id) => {
      const price = store.prices.get(id)
      return price && shown(price)
    },
    intentOf: (invoice) => store.intentOf(invoice)?.id ?? null,
    chargeOf: (invoice) => store.intentOf(invoice)?.latest_charge ?? null,
    wasCharged: (invoice) =>
      store.paymentsOf(invoice).some(({ payment, status }) => status === 'paid' && payment.type === 'payment_intent'),
    invoiceOf: (intent) => store.invoiceOf(intent) ?? null,
    chargesOf: (intent) => newestFirst(store.charges.of(intent)),
    refundsOf: (charge) => newestFirst(store.refunds.of(charge)),
    disputeOf: (charge) => store.disputes.of(charge).at(-1)?.id ?? null,
    subscriptionsOf: (customer) => newestFirst(store.subscriptions.of(customer)),
  }
}

/** As of the moment of an event, whose object is the only one that its payload holds. */
export function pastOf({ created, relations }: RecordedEvent, store: Store): Past {
  const until = (items: readonly Json[]) => items.filter((item) => Number(item.created) <= created)
  const now = present(store)
  return {
    ...now,
    intentOf: () => relations.payment_intent ?? null,
    chargeOf: () => relations.charge ?? null,
    invoiceOf: () => relations.invoice ?? null,
    chargesOf: (intent) => until(now.chargesOf(intent)),
    refundsOf: (charge) => until(now.refundsOf(charge)),
  }
}
