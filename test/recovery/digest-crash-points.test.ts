import { describe, expect } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { fixDigests } from '../../src/recovery/fix-digests.js'
import { setDigest } from '../../src/recovery/set-digest.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aMailedCase, type CrashWorld } from '../support/crash-world.js'
import type { WholePicture } from '../support/whole-picture.js'

const WEEK = 7 * 86_400_000

/** The money came back, and the Monday after has come. */
async function aDueDigest(world: CrashWorld) {
  await fixDigests(world.context) // Plans the first one.
  const { invoice } = await aMailedCase(world)
  world.stripe.pay(invoice.id)
  await world.live()
  world.advance(WEEK)
}

async function send(context: Context) {
  for (const workspaceId of await fixDigests(context)) await deliverTouches(context, { workspaceId })
}

function expectOneDigest({ stored, mails }: WholePicture) {
  expect(mails.filter(({ subject }) => subject.endsWith('came back'))).toHaveLength(1)
  expect(stored.told_sums).toHaveLength(1)
  expect(stored.workspaces).toMatchObject([{ digest_due_at: 'a time' }])
}

describe('mailing a digest survives every crash', () => {
  itSurvivesEveryCrash([
    crashScenario({ name: 'when the provider takes it', arrange: aDueDigest, run: send, expects: expectOneDigest }),
    crashScenario({
      name: 'when the provider takes it and is cut off',
      async arrange(world) {
        await aDueDigest(world)
        world.mail.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
      },
      run: send,
      expects: expectOneDigest,
    }),
    crashScenario({
      name: 'when the provider takes nothing for now',
      async arrange(world) {
        await aDueDigest(world)
        world.mail.faults.add({ route: 'POST /emails/batch', kind: 'status', status: 429, retryAfter: 20, count: 1 })
      },
      run: send,
      expects: expectOneDigest,
    }),
    crashScenario({
      name: 'when the owner switches digests on',
      async arrange(world) {
        await aMailedCase(world)
        await setDigest(world.context, world.workspace.id, 'off')
      },
      run: (context, _, { workspace }) => setDigest(context, workspace.id, 'daily'),
      isAskedAgain: true,
      expects({ stored }) {
        expect(stored.workspaces).toMatchObject([{ digest: 'daily', digest_due_at: 'a time' }])
        expect(stored.told_sums).toHaveLength(1)
      },
    }),
  ])
})
