import { beforeEach, describe, expect, it } from '@jest/globals'
import { askForLink } from '../../src/accounts/ask-for-link.js'
import { retireExpired } from '../../src/accounts/retire-expired.js'
import { createSignInLink, inspectSignInLink, signIn } from '../../src/accounts/sign-in.js'
import { EventCheck } from '../../src/db/models/event-check.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'

const database = useDatabase()
let context: FakeContext
beforeEach(() => {
  context = fakeContext({ db: database.db })
})

const DAY = 86_400_000
const rows = async (table: string) => Number((await database.db(table).count())[0]?.count)

describe('retiring what is expired', () => {
  it('forgets links a day after their end, and the address with them', async () => {
    const { owner } = await aWorkspace(context)
    const asked = await askForLink(context, { email: owner.email, client: '203.0.113.1', browserToken: 'browser' })
    if (asked.kind === 'asked') await asked.sending
    const token = /token=(\S+)/.exec(context.outbox[0]?.text ?? '')?.[1] ?? ''

    context.advance(DAY / 2)
    await retireExpired(context)
    expect(await inspectSignInLink(context, { token, browserToken: 'browser' })).toBe('expired')

    context.advance(DAY)
    await retireExpired(context)
    expect(await rows('sign_in_tokens')).toBe(0)
  })

  it('keeps sessions for their thirty days, and counters for their hour', async () => {
    const { owner } = await aWorkspace(context)
    const token = new URL(await createSignInLink(context, owner.id)).searchParams.get('token') ?? ''
    await signIn(context, { token, browserToken: null, userAgent: 'Firefox' })
    await askForLink(context, { email: owner.email, client: '203.0.113.2', browserToken: 'browser' })

    await retireExpired(context)
    expect([await rows('sessions'), (await rows('rate_limits')) > 0]).toEqual([1, true])

    context.advance(31 * DAY)
    await retireExpired(context)
    expect([await rows('sessions'), await rows('rate_limits')]).toEqual([0, 0])
  })

  it('keeps what was found missing for ninety days', async () => {
    const { id, connectionId } = await aWorkspace(context)
    const at = context.now()
    const times = { from_at: at, to_at: at, began_at: at, ended_at: at }
    await EventCheck.query(database.db).insert({
      ...{ workspace_id: id, connection_id: connectionId, events_seen: 3, events_missing: 1 },
      ...times,
    })

    context.advance(89 * DAY)
    await retireExpired(context)
    expect(await rows('event_checks')).toBe(1)

    context.advance(2 * DAY)
    await retireExpired(context)
    expect(await rows('event_checks')).toBe(0)
  })
})
