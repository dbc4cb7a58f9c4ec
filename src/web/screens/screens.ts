import type { Context } from '../../context.js'
import type { Tenant } from '../middleware/tenant.js'
import { showCase } from './case.js'
import { showCases } from './cases.js'
import { showDiagnostics } from './diagnostics.js'
import { showEvents } from './events.js'
import { showOverview } from './overview.js'
import type { Query } from './query.js'

/** What the panel's screens show, each begun from the tenant. `null`: there is no such thing. */
export const screensOf = (context: Context) => ({
  overview: (tenant: Tenant, query: Query) => showOverview(context, tenant, query),
  cases: (tenant: Tenant, query: Query) => showCases(context, tenant, query),
  case: (tenant: Tenant, query: Query) => showCase(context, tenant, query),
  diagnostics: (tenant: Tenant, query: Query) => showDiagnostics(context, tenant, query),
  events: (tenant: Tenant, query: Query) => showEvents(context, tenant, query),
})
