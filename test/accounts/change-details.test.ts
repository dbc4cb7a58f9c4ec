import { beforeEach, describe, expect, it } from '@jest/globals'
import { renameWorkspace, setSenderName } from '../../src/accounts/change-details.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { type FakeContext, fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace } from '../support/factories.js'

const database = useDatabase()
let context: FakeContext
let id: string
let otherId: string
beforeEach(async () => {
  context = fakeContext({ db: database.db })
  id = (await aWorkspace(context)).id
  otherId = (await aWorkspace(context)).id
})

const stored = () => Workspace.query(database.db).findById(id)

describe('changing a workspace’s details', () => {
  it('takes name and sender, tidied, and leaves other workspaces alone', async () => {
    const other = await Workspace.query(database.db).findById(otherId)

    expect(await renameWorkspace(context, id, '  Fernhill \n & Co ')).toEqual({ kind: 'saved' })
    expect(await setSenderName(context, id, ' Ada ')).toEqual({ kind: 'saved' })

    expect(await stored()).toMatchObject({ name: 'Fernhill & Co', sender_name: 'Ada' })
    expect(await Workspace.query(database.db).findById(otherId)).toEqual(other)
  })

  it('signs with the workspace’s name alone when the sender is emptied', async () => {
    await setSenderName(context, id, '  ')
    expect(await stored()).toMatchObject({ sender_name: null })
  })

  it.each([
    ['an empty name', () => renameWorkspace(context, id, ' \u0000 ')],
    ['a name of 81 characters', () => renameWorkspace(context, id, 'x'.repeat(81))],
    ['a sender of 41 characters', () => setSenderName(context, id, 'x'.repeat(41))],
  ])('refuses %s with a sentence, and changes nothing', async (_, change) => {
    const before = await stored()
    expect(await change()).toEqual({ kind: 'refused', reason: expect.stringMatching(/^[A-Z].*\.$/) })
    expect(await stored()).toEqual(before)
  })
})
