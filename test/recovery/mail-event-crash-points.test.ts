import { describe, expect } from '@jest/globals'
import { Mail } from '../../src/db/models/mail.js'
import type { MailEvent, MailEventKind } from '../../src/mail/resend-webhook.js'
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
      run: recordMailEvent,
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
      run: recordMailEvent,
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
      run: recordMailEvent,
      isAskedAgain: true,
      expects({ stored, mails }) {
        expect(stored.touches).toMatchObject([{ sent_at: 'a time' }])
        expect(stored.deliveries).toMatchObject([{ answered_at: 'a time', abandoned_at: null }])
        expect(mails).toHaveLength(1)
      },
    }),
  ])
})
