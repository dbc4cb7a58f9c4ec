import { expect, it } from '@jest/globals'
import { down, up } from '../../migrations/0027-send-digests.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { fixDigests } from '../../src/recovery/fix-digests.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'
import { aStoredCase, DAY } from '../support/stored-cases.js'

const database = useDatabase()

it('tells nothing as news that was there before digests were', async () => {
  const context = fakeContext({ db: database.db })
  const workspace = await aWorkspace(context)
  const old = await aStoredCase(context, workspace)
  await old.$query(database.db).patch({ recovered: 4_900, open: 10_000, amount_paid: 4_900, amount_remaining: 10_000 })

  await down(database.db)
  await up(database.db)

  await fixDigests(context)
  await old.$query(database.db).patch({ recovered: 5_000, open: 9_900, amount_paid: 5_000, amount_remaining: 9_900 })
  context.advance(7 * DAY)
  await fixDigests(context)
  await deliverTouches(context, { workspaceId: workspace.id })
  const text = context.outbox[0]?.text.replace(/\s+/g, ' ')
  expect(text).toContain('$1.00 came back, without us. $99.00 is open now in 1 case.')
  expect(text).not.toContain('failed,')
})
