import { z } from 'zod'
import { findUnchecked } from '../src/diagnostics/find-unchecked.js'
import { defineJob } from './define-job.js'
import { findGapsJob } from './find-gaps.js'

/** Has the events of every connected workspace checked that were not checked a moment ago. */
export const findAllGapsJob = defineJob({
  name: 'find-all-gaps',
  queue: 'checks',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context, _, ring) {
    const unchecked = await findUnchecked(context)
    await ring(findGapsJob, ...unchecked.map((workspaceId) => ({ workspaceId })))
  },
})
