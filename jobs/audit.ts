import { z } from 'zod'
import { audit } from '../src/recovery/audit.js'
import { noteAudit } from '../src/recovery/note-audit.js'
import { defineJob } from './define-job.js'

/** More lines of one fault tell nothing more: `npm run audit` gives them all. */
const LINES = 20

/** Looks whether everything still adds up. What does not is for whoever reads the log; that it does not, owners see. */
export const auditJob = defineJob({
  name: 'audit',
  queue: 'checks',
  payload: z.object({}),
  options: { attempts: 1 },
  coalesce: () => 'all',
  async run(context) {
    let findings = 0
    const byWorkspace = new Map<string, number>()
    const { cases } = await audit(context, (finding) => {
      findings += 1
      byWorkspace.set(finding.workspaceId, (byWorkspace.get(finding.workspaceId) ?? 0) + 1)
      if (findings <= LINES) context.log.error(finding, 'the audit found a fault')
    })
    // One that was broken off has seen a part only.
    if (!context.stopping.aborted) await noteAudit(context, byWorkspace)
    if (findings > 0) context.log.error({ findings, cases }, 'the audit found faults')
    else context.log.info({ cases }, 'the audit found no fault')
  },
})
