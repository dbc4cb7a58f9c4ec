import { beforeEach, describe, expect, it } from '@jest/globals'
import { askForLink } from '../../src/accounts/ask-for-link.js'
import { changeOwnerAddress } from '../../src/accounts/change-owner-address.js'
import { findSession } from '../../src/accounts/sessions.js'
import { createSignInLink, inspectSignInLink, signIn } from '../../src/accounts/sign-in.js'
import { Owner } from '../../src/db/models/owner.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, type TestWorkspace } from '../support/factories.js'

const database = useDatabase()
let context: FakeContext
let workspace: TestWorkspace
beforeEach(async () => {
  await database.db('owners').delete()
  context = fakeContext({ db: database.db })
  workspace = await aWorkspace(context)
})

const tokenIn = (text: string) => /token=([\w-]+)/.exec(text)?.[1] ?? ''

async function aSession(): Promise<string> {
  const token = tokenIn(await createSignInLink(context, workspace.owner.id))
  const session = await signIn(context, { token, browserToken: null, userAgent: 'Firefox' })
  return typeof session === 'string' ? session : session.sessionToken
}

const change = (email = 'new@fernhill.example', keptSessionId?: string) =>
  changeOwnerAddress(context, { ownerId: workspace.owner.id, email, ...(keptSessionId && { keptSessionId }) })

describe('changing an owner’s address', () => {
  it('moves the owner, tells the old address, and voids links that were mailed there', async () => {
    const asked = await askForLink(context, { email: workspace.owner.email, client: 'c', browserToken: 'b' })
    if (asked.kind === 'asked') await asked.sending
    const token = tokenIn(context.outbox[0]?.text ?? '')

    expect(await change()).toBe('changed')

    expect(await Owner.query(database.db).findById(workspace.owner.id)).toMatchObject({ email: 'new@fernhill.example' })
    expect(await inspectSignInLink(context, { token, browserToken: 'b' })).toBe('unknown')
    expect(context.outbox[1]).toMatchObject({
      to: workspace.owner.email,
      subject: 'Your SecondLoop address was changed',
    })
    expect(context.outbox[1]?.text).not.toContain('new@fernhill.example')
  })

  it('ends every session but the one that asked', async () => {
    const [lost, here] = [await aSession(), await aSession()]
    const kept = await findSession(context, here)

    await change('new@fernhill.example', kept?.session.id)

    expect(await findSession(context, lost)).toBeNull()
    expect((await findSession(context, here))?.owner.email).toBe('new@fernhill.example')
  })

  it('changes nothing the second time, and tells nobody', async () => {
    await change()
    expect(await change()).toBe('unchanged')
    expect(context.outbox).toHaveLength(1)
  })

  it('leaves another owner’s address alone', async () => {
    const other = await aWorkspace(context)
    expect(await change(other.owner.email)).toBe('taken')
    expect(await Owner.query(database.db).findById(workspace.owner.id)).toMatchObject({ email: workspace.owner.email })
  })
})
