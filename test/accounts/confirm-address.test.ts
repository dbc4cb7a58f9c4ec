import { beforeEach, describe, expect, it } from '@jest/globals'
import { askToConfirm } from '../../src/accounts/ask-to-confirm.js'
import { changeOwnerAddress } from '../../src/accounts/change-owner-address.js'
import { confirmAddress, inspectConfirmation } from '../../src/accounts/confirm-address.js'
import { askForReplyTo, clearReplyTo, pendingReplyTo } from '../../src/accounts/reply-to.js'
import { retireExpired } from '../../src/accounts/retire-expired.js'
import { Owner } from '../../src/db/models/owner.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
const DAY = 86_400_000
let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  await database.db('owners').delete()
  await database.db('rate_limits').delete()
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
})

const HELP = 'help@fernhill.example'
const ask = (address: string) => askForReplyTo(context, { workspaceId: workspace.id, address })
const lastToken = () => /token=([\w-]+)/.exec(context.outbox.at(-1)?.text ?? '')?.[1] ?? ''
const confirm = (token = lastToken()) => confirmAddress(context, { token })
const replyTo = async () => (await Workspace.query(database.db).findById(workspace.id))?.reply_to
const askAsOwner = (email: string) =>
  askToConfirm(context, { ownerId: workspace.owner.id, email, purpose: 'owner', workspaceName: 'Fernhill' })

describe('another address for replies', () => {
  it('is used once its mailbox said yes, and not before', async () => {
    expect(await ask(' Help@Fernhill.example ')).toEqual({ kind: 'asked' })
    expect(context.outbox).toMatchObject([{ to: HELP, subject: 'Confirm this address for replies' }])
    expect(await inspectConfirmation(context, lastToken())).toEqual({ kind: 'valid', purpose: 'reply_to', email: HELP })
    expect([await replyTo(), await pendingReplyTo(context, workspace.id)]).toEqual([null, HELP])

    expect(await confirm()).toEqual({
      kind: 'confirmed',
      purpose: 'reply_to',
      ownerId: workspace.owner.id,
      email: HELP,
    })
    expect([await replyTo(), await pendingReplyTo(context, workspace.id)]).toEqual([HELP, null])
  })

  it('is confirmed once, also by two at once', async () => {
    await ask(HELP)
    const both = await Promise.all([confirm(), confirm()])
    expect(both.map(({ kind }) => kind).sort()).toEqual(['confirmed', 'used'])
    expect(await inspectConfirmation(context, lastToken())).toEqual({ kind: 'used' })
  })

  it('is not confirmed by a link that is a day old, cut or invented', async () => {
    await ask(HELP)
    expect(await confirm(lastToken().slice(0, -1))).toEqual({ kind: 'unknown' })
    expect(await confirm('')).toEqual({ kind: 'unknown' })
    context.advance(DAY)
    expect(await confirm()).toEqual({ kind: 'expired' })
    expect(await replyTo()).toBeNull()
    context.advance(DAY)
    await retireExpired(context)
    expect(await confirm()).toEqual({ kind: 'unknown' })
  })

  it('counts only as it was asked for last', async () => {
    await ask('first@fernhill.example')
    const first = lastToken()
    await ask(HELP)
    expect(await confirm(first)).toEqual({ kind: 'unknown' })
    await confirm()
    expect(await replyTo()).toBe(HELP)
  })

  it('needs no yes when it is the owner’s own, and none twice', async () => {
    await ask(HELP)
    await confirm()
    expect(await ask(HELP)).toEqual({ kind: 'saved' })
    expect(await ask(workspace.owner.email)).toEqual({ kind: 'saved' })
    expect(await replyTo()).toBeNull()
    expect(context.outbox).toHaveLength(1)
  })

  it('does not come back once it was cleared', async () => {
    await ask(HELP)
    await clearReplyTo(context, workspace.id)
    await clearReplyTo(context, workspace.id)
    expect(await confirm()).toEqual({ kind: 'unknown' })
    expect(await replyTo()).toBeNull()
  })

  it.each(['', 'no address', 'a@b', `${'x'.repeat(250)}@fernhill.example`, 'a@b.example\r\nBcc: c@d.example'])(
    'is refused when it is %j, and nobody is mailed',
    async (address) => {
      expect(await ask(address)).toMatchObject({ kind: 'refused' })
      expect(context.outbox).toEqual([])
    },
  )

  it('is asked for a few times an hour only, and keeps no token and logs no address', async () => {
    for (let n = 0; n < 5; n += 1) await ask(`n${n}@fernhill.example`)
    expect(await ask(HELP)).toMatchObject({ kind: 'too_often', waitSeconds: expect.any(Number) })
    expect(JSON.stringify(await database.db('address_confirmations'))).not.toContain(lastToken())
    expect(context.logged.join()).not.toContain('@')
  })

  it('says when the mail was not taken, and tells the terminal when there is no provider', async () => {
    context.answers = Array(3).fill({ kind: 'not_accepted', reason: 'down', retryAfterMs: 1, isThrottled: false })
    expect(await ask(HELP)).toEqual({ kind: 'not_sent' })

    const alone = fakeContext({ db: database.db, mail: null })
    await askForReplyTo(alone, { workspaceId: workspace.id, address: 'two@fernhill.example' })
    expect(alone.said.join()).toMatch(/\/confirm-address\?token=[\w-]{32}/)
  })

  it('leaves another workspace alone', async () => {
    const other = await aWorkspace(context, { replyTo: 'theirs@other.example' })
    await ask(HELP)
    await confirm()
    expect(await Workspace.query(database.db).findById(other.id)).toMatchObject({ reply_to: 'theirs@other.example' })
  })
})

describe('another address for the owner', () => {
  const NEW = 'new@fernhill.example'
  const address = async () => (await Owner.query(database.db).findById(workspace.owner.id))?.email

  it('signs in once its mailbox said yes, and the old one is told', async () => {
    await askAsOwner(NEW)
    const token = lastToken()
    expect(await confirm(token)).toMatchObject({ kind: 'confirmed', purpose: 'owner', email: NEW })
    expect(await address()).toBe(NEW)
    expect(context.outbox.at(-1)).toMatchObject({ to: workspace.owner.email })
    expect(await confirm(token)).toEqual({ kind: 'used' })
    expect(await replyTo()).toBeNull()
  })

  it('is refused when another owner took it meanwhile', async () => {
    await askAsOwner(NEW)
    const other = await aWorkspace(context)
    await changeOwnerAddress(context, { ownerId: other.owner.id, email: NEW })
    const token = /token=([\w-]+)/.exec(context.outbox[0]?.text ?? '')?.[1] ?? ''
    expect(await confirm(token)).toEqual({ kind: 'taken' })
    expect(await address()).toBe(workspace.owner.email)
  })

  it('is void once the owner moved elsewhere: it may have been asked for in a stolen session', async () => {
    await askAsOwner('thief@elsewhere.example')
    const token = lastToken()
    await changeOwnerAddress(context, { ownerId: workspace.owner.id, email: NEW })
    expect(await confirm(token)).toEqual({ kind: 'unknown' })
    expect(await address()).toBe(NEW)
  })
})
