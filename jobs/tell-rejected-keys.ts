import { z } from 'zod'
import { tellRejectedKeys } from '../src/accounts/tell-rejected-keys.js'
import { defineJob } from './define-job.js'

export const tellRejectedKeysJob = defineJob({
  name: 'tell-rejected-keys',
  queue: 'mail',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  run: (context) => tellRejectedKeys(context),
})
