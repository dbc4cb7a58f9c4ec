import { listInside } from '../objects/wire.js'
import type { VersionStep } from './step.js'

/** A payment intent listed its charges and a charge its refunds. Source: docs.stripe.com/changelog/2022-11-15 */
export const beforeNovember2022: VersionStep = {
  version: '2022-11-15',
  gives: {
    charge: (charge, past) => {
      const id = String(charge.id)
      return { refunds: listInside(`/v1/charges/${id}/refunds`, [...past.refundsOf(id)]) }
    },
    payment_intent: (intent, past) => {
      const id = String(intent.id)
      return { charges: listInside(`/v1/charges?payment_intent=${id}`, [...past.chargesOf(id)]) }
    },
  },
}
