import { describe, expect } from '@jest/globals'
import type { Context } from '../../src/context.js'
import { Mail } from '../../src/db/models/mail.js'
import { Suppression } from '../../src/db/models/suppression.js'
import type { MailEvent, MailEventKind } from '../../src/mail/resend-webhook.js'
import { allowAgain } from '../../src/recovery/allow-again.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { recordMailEvent } from '../../src/recovery/record-mail-event.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aCase, aMailedCase, type CrashWorld } from '../support/crash-world.js'

/** What the provider tells of the only mail. */
async function told({ context, mail }: CrashWorld, kind: MailEventKind): Promise<MailEvent> {
  const { id } = await Mail.query(context.db).first().throwIfNotFound()
  const providerId = mail.inbox.mails[0]?.id ?? ''
  return { kind, mailId: id, providerId, at: context.now(), acceptedAt: context.now(), code: null, userAgent: null }
}

const HOUR = 3_600_000
const OWNER = '0d5c4f5e-9d5b-4c43-8f5e-0b4a3f6f2c11'
const deliver = (context: Context, { workspace }: CrashWorld) => deliverTouches(context, { workspaceId: workspace.id })

/**
 * A mail whose answer nobody heard, and so much time that its key is forgotten. An older mail shows that the provider's
 * list reaches far enough.
 */
async function aForgottenDelivery(world: CrashWorld, kind: 'cut' | 'drop') {
  const { invoice } = await aMailedCase(world)
  world.stripe.pay(invoice.id)
  world.advance(HOUR)
  await aCase(world, { email: 'late@customer.example' })
  world.mail.faults.add({ route: 'POST /emails/batch', kind, count: 1 })
  await deliver(world.context, world)
  world.advance(23.2 * HOUR)
  return world
}

/** The provider took the mail, and its answer was cut off. */
async function aMailWithoutAnswer(world: CrashWorld) {
  await aCase(world)
  world.mail.faults.add({ route: 'POST /emails/batch', kind: 'cut', count: 1 })
  await deliverTouches(world.context, { workspaceId: world.workspace.id })
}

describe('recording what the mail provider tells survives every crash', () => {
  itSurvivesEveryCrash([
    crashScenario({
      name: 'of a delivery',
      async arrange(world) {
        await aMailedCase(world)
        return told(world, 'delivered')
      },
      run: (context, event) => recordMailEvent(context, event),
      isAskedAgain: true,
      expects({ stored }) {
        expect(stored.mails).toMatchObject([{ delivered_at: 'a time' }])
        expect(stored.case_entries).toContainEqual(expect.objectContaining({ kind: 'mail_delivered' }))
      },
    }),
    crashScenario({
      name: 'of a bounce',
      async arrange(world) {
        await aMailedCase(world)
        return told(world, 'bounced')
      },
      run: (context, event) => recordMailEvent(context, event),
      isAskedAgain: true,
      expects({ stored }) {
        expect(stored.suppressions).toMatchObject([{ reason: 'bounced' }])
        expect(stored.case_entries).toContainEqual(expect.objectContaining({ kind: 'mail_bounced' }))
      },
    }),
    crashScenario({
      name: 'of a mail whose acceptance nobody heard of',
      async arrange(world) {
        await aMailWithoutAnswer(world)
        return told(world, 'sent')
      },
      run: (context, event) => recordMailEvent(context, event),
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.touches?.filter(({ sent_at }) => sent_at)).toHaveLength(1)
        expect(stored.deliveries).toMatchObject([{ answered_at: 'a time', abandoned_at: null }])
        expect(mails).toHaveLength(1)
      },
    }),
    crashScenario({
      name: 'of an opening that was told before the delivery',
      async arrange(world) {
        await aMailedCase(world)
        await recordMailEvent(world.context, await told(world, 'opened'))
        return told(world, 'delivered')
      },
      run: (context, event) => recordMailEvent(context, event),
      isAskedAgain: true,
      expects({ stored }) {
        expect(stored.mails).toMatchObject([{ opened_at: null, scanned_at: 'a time' }])
        const kinds = stored.case_entries?.map(({ kind }) => kind)
        expect(kinds).toContain('mail_scanned')
        expect(kinds).not.toContain('mail_opened')
      },
    }),
  ])
})

describe('looking up a delivery that can no longer be repeated survives every crash', () => {
  itSurvivesEveryCrash([
    crashScenario({
      name: 'when the provider took it',
      arrange: (world) => aForgottenDelivery(world, 'cut'),
      run: deliver,
      expects({ stored, mails }) {
        expect(mails.filter(({ to }) => to.includes('late@customer.example'))).toHaveLength(1)
        expect(stored.deliveries?.every(({ answered_at }) => answered_at === 'a time')).toBe(true)
      },
    }),
    crashScenario({
      name: 'when the provider never took it',
      arrange: (world) => aForgottenDelivery(world, 'drop'),
      run: deliver,
      expects({ stored, mails }) {
        expect(mails.filter(({ to }) => to.includes('late@customer.example'))).toHaveLength(1)
        expect(stored.deliveries?.filter(({ dissolved_at }) => dissolved_at === 'a time')).toHaveLength(1)
      },
    }),
  ])
})

describe('allowing mail to an address again survives every crash', () => {
  itSurvivesEveryCrash([
    crashScenario({
      name: 'of one that bounced',
      async arrange(world) {
        await aMailedCase(world)
        await recordMailEvent(world.context, await told(world, 'bounced'))
        const { id } = await Suppression.query(world.context.db).first().throwIfNotFound()
        return { workspaceId: world.workspace.id, ownerId: OWNER, suppressionId: id }
      },
      run: allowAgain,
      isAskedAgain: true,
      expects({ stored }) {
        expect(stored.suppressions).toBeUndefined()
        expect(stored.case_entries).toContainEqual(expect.objectContaining({ kind: 'address_allowed' }))
      },
    }),
  ])
})
