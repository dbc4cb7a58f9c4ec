import { describe, expect } from '@jest/globals'
import { RecoveryCase } from '../../src/db/models/recovery-case.js'
import { StripeEvent } from '../../src/db/models/stripe-event.js'
import { dismissCase } from '../../src/recovery/dismiss-case.js'
import type { OwnersCase } from '../../src/recovery/lock-case.js'
import { pauseCase } from '../../src/recovery/pause-case.js'
import { failEvent } from '../../src/recovery/process-event.js'
import { replayEvent } from '../../src/recovery/replay-event.js'
import { resumeCase } from '../../src/recovery/resume-case.js'
import { revealLink } from '../../src/recovery/reveal-link.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aCase, aMailedCase, type CrashWorld } from '../support/crash-world.js'

const HOUR = 3_600_000

async function keyOf({ context, workspace }: CrashWorld): Promise<OwnersCase> {
  const { id } = await RecoveryCase.query(context.db).findOne({ workspace_id: workspace.id }).throwIfNotFound()
  return { workspaceId: workspace.id, ownerId: workspace.owner.id, caseId: id }
}

describe('an owner’s press that dies on its way, and is repeated, does what one does', () => {
  itSurvivesEveryCrash([
    crashScenario({
      name: 'pausing a case',
      async arrange(world) {
        await aCase(world)
        return keyOf(world)
      },
      run: pauseCase,
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.recovery_cases).toMatchObject([{ paused_at: 'a time' }])
        expect(mails).toEqual([])
      },
    }),
    crashScenario({
      name: 'resuming a case',
      async arrange(world) {
        await aCase(world)
        const key = await keyOf(world)
        await pauseCase(world.context, key)
        world.advance(HOUR)
        return key
      },
      run: resumeCase,
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.recovery_cases).toMatchObject([{ paused_at: null }])
        expect(mails).toHaveLength(1)
      },
    }),
    crashScenario({
      name: 'dismissing a case',
      async arrange(world) {
        await aCase(world)
        return keyOf(world)
      },
      run: dismissCase,
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.recovery_cases).toMatchObject([{ outcome: 'dismissed', open: 0 }])
        expect(mails).toEqual([])
      },
    }),
    crashScenario({
      name: 'taking the recovery link',
      async arrange(world) {
        await aMailedCase(world)
        return keyOf(world)
      },
      run: revealLink,
      isAskedAgain: true,
      expects: ({ stored }) =>
        expect(stored.case_entries).toContainEqual(expect.objectContaining({ kind: 'link_copied' })),
    }),
    crashScenario({
      name: 'replaying an event that failed',
      async arrange(world) {
        world.stripe.failRenewal()
        const event = await world.live('invoice.payment_failed')
        await failEvent(world.context, event, 'Postgres was out of reach')
        return { ...event, ownerId: world.workspace.owner.id }
      },
      run: replayEvent,
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.recovery_cases).toMatchObject([{ outcome: null }])
        expect(mails).toHaveLength(1)
      },
    }),
    crashScenario({
      name: 'replaying an event that was processed',
      async arrange(world) {
        await aMailedCase(world)
        const { id, workspace_id } = await StripeEvent.query(world.context.db)
          .findOne({ type: 'invoice.payment_failed' })
          .throwIfNotFound()
        return { workspaceId: workspace_id, eventId: id, ownerId: world.workspace.owner.id }
      },
      run: replayEvent,
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.case_entries).toContainEqual(expect.objectContaining({ kind: 'event_replayed' }))
        expect(mails).toHaveLength(1)
      },
    }),
  ])
})
