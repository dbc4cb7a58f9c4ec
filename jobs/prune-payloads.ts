import { z } from 'zod'
import { prunePayloads } from '../src/recovery/prune-payloads.js'
import { defineJob } from './define-job.js'

/** Old events keep ids, states and sums. */
export const prunePayloadsJob = defineJob({
  name: 'prune-payloads',
  queue: 'checks',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context) {
    const pruned = await prunePayloads(context)
    if (pruned > 0) context.log.info({ pruned }, 'payloads of old events were pruned')
  },
})
