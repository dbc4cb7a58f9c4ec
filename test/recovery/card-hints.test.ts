import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CardHint } from '../../src/db/models/card-hint.js'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { hintAtCard } from '../../src/recovery/card-hints.js'
import { lookAtCards } from '../../src/recovery/look-at-cards.js'
import { aCrashWorld as aWorld, type CrashWorld } from '../support/crash-world.js'
import { useDatabase } from '../support/database.js'

const database = useDatabase()
const MINUTE = 60_000

let world: CrashWorld
beforeEach(async () => {
  world = await aWorld(database)
  world.stripe.failRenewal()
  await world.live()
  world.advance(MINUTE)
})
afterEach(() => world.stop())

const theCase = () => RecoveryCase.query(database.db).first().throwIfNotFound()
async function hint(minutes: number, paymentMethodId: string | null = 'pm_new') {
  const row = await theCase()
  const at = new Date(row.failed_at.getTime() + minutes * MINUTE)
  await hintAtCard(world.context, database.db, row, { at, paymentMethodId, kind: 'default_changed' })
  return at
}

describe('a hint at a card', () => {
  it('makes a look due', async () => {
    await hint(1)
    expect((await theCase()).card_check_at).toEqual(world.context.now())
  })

  it('is kept at its newest, whatever the order', async () => {
    await hint(1)
    const newest = await hint(5)
    await hint(3)

    expect(await CardHint.query(database.db)).toMatchObject([{ at: newest, payment_method_id: 'pm_new' }])
  })

  it('from before the failure is no cause to look', async () => {
    await hint(-1)
    expect((await theCase()).card_check_at).toBeNull()
  })

  it('that comes during a look is looked at too', async () => {
    await hint(1)
    const claimed = await (await theCase())
      .$query(database.db)
      .patchAndFetch({ card_check_at: new Date(world.context.now().getTime() + MINUTE) })
    await hint(2)
    await lookAtCards(world.context, claimed)

    expect((await theCase()).card_check_at).toEqual(world.context.now())
  })

  it('at a paid case counts when it happened before the payment, and not after', async () => {
    const { stripe_invoice_id } = await theCase()
    world.stripe.pay(stripe_invoice_id)
    await world.live()
    await hint(5)
    expect((await theCase()).card_check_at).toBeNull()
    await hint(0.5)
    expect((await theCase()).card_check_at).not.toBeNull()
  })
})
