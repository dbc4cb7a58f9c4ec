import { formatMoney } from '../../domain/money.js'
import type { Find, Found } from '../pages/parts/look-up.js'

const MOST = 6

/** Asks AdminJS's search for cases, and for addresses that are not written to. */
export const find: Find = async (typed) => {
  const api = new window.AdminJS.ApiClient()
  const search = (resourceId: string) =>
    api.resourceAction({
      resourceId,
      actionName: 'search',
      params: { 'filters.search': typed, perPage: MOST, sortBy: 'opened_at', direction: 'desc' },
    })
  const [cases, suppressions] = await Promise.all([search('cases'), search('suppressions')])
  return [...recordsOf(cases).map(asCase), ...recordsOf(suppressions).map(asSuppression)].slice(0, MOST)
}

interface Row {
  readonly [column: string]: string | number | null | undefined
}

const recordsOf = ({ data }: { readonly data: unknown }): Row[] =>
  (data as { records: { params: Row }[] }).records.map(({ params }) => params)

function asCase({ id, customer_name, customer_email, invoice_number, currency, exposure, outcome }: Row): Found {
  const amount = formatMoney({ amount: Number(exposure), currency: String(currency) }, 'en-US')
  return {
    href: `/app/cases/${id}`,
    what: String(customer_name || customer_email || 'Customer without a name'),
    about: [invoice_number, amount, outcome ?? 'open'].filter(Boolean).join(' · '),
  }
}

const REASONS: Record<string, string> = {
  bounced: 'Not written to: mail came back',
  complained: 'Not written to: complained',
  suppressed: 'Not written to: kept by the provider',
}

const asSuppression = ({ address, reason }: Row): Found => ({
  href: '/app/settings/suppressed',
  what: String(address),
  about: REASONS[String(reason)] ?? 'Not written to',
})
