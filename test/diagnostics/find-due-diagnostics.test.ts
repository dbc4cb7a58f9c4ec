import { describe, expect, it } from '@jest/globals'
import { Diagnostic } from '../../src/db/models/diagnostic.js'
import { StripeConnection } from '../../src/db/models/stripe-connection.js'
import { Workspace } from '../../src/db/models/workspace.js'
import { cancelDiagnostic } from '../../src/diagnostics/cancel-diagnostic.js'
import { findDueDiagnostics } from '../../src/diagnostics/find-due-diagnostics.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, skipDiagnostics } from '../support/factories.js'

const { db } = useDatabase()
const MONDAY = new Date('2026-11-23T04:00:00Z')
const WEEK = 7 * 86_400_000

const reasons = async (workspaceId: string) =>
  (await Diagnostic.query(db).where({ workspace_id: workspaceId }).orderBy('asked_at')).map(({ reason }) => reason)

describe('diagnostics that are due', () => {
  it('are the first of a connection, once, however many workers look', async () => {
    const context = fakeContext({ db, at: MONDAY })
    const { id } = await aWorkspace(context)

    const found = await Promise.all([findDueDiagnostics(context), findDueDiagnostics(context)])
    expect(found.flat().filter((each) => each === id).length).toBeGreaterThan(0)
    expect(await reasons(id)).toEqual(['connected'])

    await cancelDiagnostic(context, id)
    expect(await findDueDiagnostics(context)).not.toContain(id)
  })

  it('are none of a connection that Stripe has not confirmed, refuses, or that is gone', async () => {
    const context = fakeContext({ db, at: MONDAY })
    for (const patch of [{ verified_at: null }, { rejected_at: MONDAY }, { replaced_at: MONDAY }]) {
      const { id, connectionId } = await aWorkspace(context)
      await StripeConnection.query(db).findById(connectionId).patch(patch)
      await findDueDiagnostics(context)
      expect(await reasons(id)).toEqual([])
    }
  })

  it('come round by the schedule, once after a long downtime, and not while one runs', async () => {
    const context = fakeContext({ db, at: MONDAY })
    const workspace = await aWorkspace(context)
    const { id } = workspace
    await skipDiagnostics(context, workspace)
    await Workspace.query(db).findById(id).patch({ diagnostic_every: 'week' })

    await findDueDiagnostics(context)
    expect((await Workspace.query(db).findById(id))?.diagnostic_due_at).toEqual(new Date('2026-11-23T05:00:00Z'))
    context.advance(3 * WEEK)
    await Promise.all([findDueDiagnostics(context), findDueDiagnostics(context)])
    expect(await findDueDiagnostics(context)).toContain(id)
    expect(await reasons(id)).toEqual(['connected', 'schedule'])

    context.advance(WEEK)
    await findDueDiagnostics(context)
    expect(await reasons(id)).toEqual(['connected', 'schedule'])
    expect((await Workspace.query(db).findById(id))?.diagnostic_due_at?.getTime()).toBeGreaterThan(
      context.now().getTime(),
    )
  })
})
