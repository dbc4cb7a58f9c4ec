import { describe, expect, it } from '@jest/globals'
import { Touch } from '../../src/db/models/touch.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { changeTimeZone } from '../../src/recovery/change-time-zone.js'
import { processEvent } from '../../src/recovery/process-event.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aStoredEvent, aWorkspace, failedInvoice } from '../support/factories.js'

const database = useDatabase()
/** A Wednesday, 21:00 in Berlin and 15:00 in New York. */
const NOW = new Date('2026-11-25T20:00:00Z')

describe('another time zone', () => {
  it('moves planned reminders into its sending hours, and leaves what was sent', async () => {
    const context = fakeContext({ db: database.db, at: NOW })
    const workspace = await aWorkspace(context, { timeZone: 'Europe/Berlin' })
    const failure = failedInvoice('2026-10-28.endive')
    await processEvent(context, await aStoredEvent(context, workspace, 'invoice.payment_failed', failure))
    const planned = async () => {
      const touches = await Touch.query(database.db).where({ workspace_id: workspace.id }).orderBy('step')
      return touches.map(({ due_at }) => due_at.toISOString())
    }
    const [first, second] = await planned()
    expect(second).toBe('2026-11-27T08:00:00.000Z')

    expect(await changeTimeZone(context, { workspaceId: workspace.id, timeZone: 'America/New_York' })).toBe('changed')

    expect(await planned()).toEqual([first, '2026-11-26T20:00:00.000Z', '2026-11-28T20:00:00.000Z', expect.any(String)])
  })

  it.each(['Mars/Olympus', '+02:00', ''])('is one of the list, and not %j', async (timeZone) => {
    const context = fakeContext({ db: database.db, at: NOW })
    const { id } = await aWorkspace(context, { timeZone: 'Europe/Berlin' })
    expect(await changeTimeZone(context, { workspaceId: id, timeZone })).toBe('unknown')
    expect(await changeTimeZone(context, { workspaceId: id, timeZone: 'Europe/Berlin' })).toBe('same')
    expect(await Workspace.query(database.db).findById(id)).toMatchObject({ time_zone: 'Europe/Berlin' })
  })
})
