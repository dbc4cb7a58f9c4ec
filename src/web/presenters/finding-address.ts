import type { FindingFilter } from '../../diagnostics/read-findings.js'
import { type Exclusion, PARTS, type Part } from '../../domain/diagnosis.js'
import type { Query } from '../screens/query.js'
import { EXCLUSIONS } from './diagnostic-words.js'

/** Where the rows behind a number of a report are, as a page or as CSV. */
export function rowsHref(runId: string, filter: FindingFilter, format: 'page' | 'csv' = 'page'): string {
  const params = new URLSearchParams({ run: runId })
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) params.set(name, String(value))
  return `/app/diagnostics/rows${format === 'csv' ? '.csv' : ''}?${params}`
}

/** What an address asks for; anything that is none of ours counts as not asked for. */
export function readFindingAddress(query: Query): { runId: string; filter: FindingFilter; page: number } {
  // Postgres stores no NUL, so nothing is found by one.
  const text = (name: string) =>
    typeof query[name] === 'string' ? query[name].replaceAll('\u0000', '').slice(0, 500) : undefined
  const optional = <Name extends keyof FindingFilter>(name: Name, value: FindingFilter[Name] | undefined) =>
    value === undefined ? {} : { [name]: value }
  const apart = text('apart')
  const page = Number(text('page') ?? 0)
  return {
    runId: text('run') ?? '',
    page: Number.isSafeInteger(page) && page >= 0 && page < 10_000 ? page : 0,
    filter: {
      ...optional('currency', text('currency')),
      ...optional(
        'part',
        PARTS.find((part): part is Part => part === text('part')),
      ),
      ...optional('declineClass', text('declineClass')),
      ...optional('code', text('code')),
      ...optional('neverRetried', text('neverRetried') === 'true' ? true : undefined),
      ...optional('week', text('week')),
      ...optional('plan', text('plan')),
      ...optional('reason', text('reason')),
      ...optional('customer', text('customer')),
      ...optional('within', text('within')),
      ...optional('reach', text('reach') === 'true' ? true : undefined),
      ...optional('apart', apart !== undefined && Object.hasOwn(EXCLUSIONS, apart) ? (apart as Exclusion) : undefined),
    },
  }
}
