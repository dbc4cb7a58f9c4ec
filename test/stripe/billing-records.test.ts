import { describe, expect, it } from '@jest/globals'
import { chargeRecord } from '../../src/stripe/billing-records.js'

describe('a charge', () => {
  it.each(['constructor', '__proto__', 'a status of tomorrow'])(
    'has failed when it is unpaid and its status is %s',
    (status) => {
      const charge = { id: 'ch_1', payment_intent: 'pi_1', created: 1, amount: 4900, status }
      expect(chargeRecord(charge)).toMatchObject([{ outcome: 'failed' }])
    },
  )
})
