import { z } from 'zod'
import { tellOwners } from '../src/accounts/tell-owners.js'
import { defineJob } from './define-job.js'

export const tellOwnersJob = defineJob({
  name: 'tell-owners',
  queue: 'mail',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  run: (context) => tellOwners(context),
})
