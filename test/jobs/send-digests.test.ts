import { expect, it } from '@jest/globals'
import type { JobDefinition } from '../../jobs/define-job.js'
import { JOBS } from '../../jobs/index.js'
import { sendDigestsJob } from '../../jobs/send-digests.js'
import { sweepJob } from '../../jobs/sweep.js'
import type { Context } from '../../src/context.js'
import { fakeContext } from '../support/context.js'
import { useDatabase } from '../support/database.js'
import { aWorkspace, skipDiagnostics } from '../support/factories.js'
import { aRing } from '../support/rings.js'
import { aStoredCase, DAY } from '../support/stored-cases.js'

const database = useDatabase()

/** Runs a job, and all that it rings for. */
async function runToTheEnd(context: Context, job: JobDefinition<Record<string, never>>): Promise<string[]> {
  const rung: string[] = []
  const waiting: (() => Promise<void>)[] = []
  const ring = aRing((next, payload) => {
    rung.push(next.name)
    waiting.push(() => next.run(context, payload as never, ring))
  })
  await job.run(context, {}, ring)
  for (let next = waiting.shift(); next; next = waiting.shift()) await next()
  return rung
}

it('mails a digest from the sweep on, once a week', async () => {
  const context = fakeContext({ db: database.db })
  const workspace = await aWorkspace(context)
  await skipDiagnostics(context, workspace)
  await aStoredCase(context, workspace)
  const digests = () => context.outbox.filter(({ to }) => to === workspace.owner.email)

  expect(JOBS).toContain(sendDigestsJob)
  expect(await runToTheEnd(context, sweepJob)).toEqual(['send-digests']) // It is planned.
  expect(await runToTheEnd(context, sweepJob)).toEqual([])
  context.advance(7 * DAY)
  expect(await runToTheEnd(context, sweepJob)).toEqual(['send-digests', 'deliver-touches'])
  expect(await runToTheEnd(context, sweepJob)).toEqual([])
  expect(digests()).toHaveLength(1)
})
