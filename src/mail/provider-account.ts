import type { Domain, DomainStatus, Resend, Webhook } from 'resend'
import type { MailConfig } from '../config.js'
import { CarefulResend, UNNAMED } from './careful-resend.js'

/** What a key of the mail provider may tell and do besides sending. */
export interface ProviderAccount {
  /** How the provider stands to a domain that mails are to be sent from. */
  domainStatus(domain: string): Promise<DomainAnswer>
  /**
   * The signing secret of the webhook that tells of mails there: of the one that is, or it is made. So whoever was stopped
   * half-way asks again. `null`: the key may not, or it failed.
   */
  webhookSecret(url: string): Promise<string | null>
}

export type SendingStatus = DomainStatus | 'not_for_sending'

export type DomainAnswer =
  /** `null`: the account has no such domain. `not_for_sending`: it only receives. */
  | { readonly kind: 'told'; readonly status: SendingStatus | null }
  /** The key may only send. */
  | { readonly kind: 'not_allowed' }
  /** The provider knows no such key. */
  | { readonly kind: 'key_refused' }
  | { readonly kind: 'failed'; readonly reason: string }

/** What we read of Resend's webhooks. Source: resend.com/docs/webhooks/event-types. */
export const MAIL_EVENTS = [
  'email.sent',
  'email.delivered',
  'email.delivery_delayed',
  'email.bounced',
  'email.complained',
  'email.suppressed',
  'email.failed',
  'email.opened',
  'email.clicked',
] as const

const PAGE_LIMIT = 100

export function createProviderAccount(config: Pick<MailConfig, 'apiKey' | 'baseUrl'>): ProviderAccount {
  const resend = new CarefulResend(config)
  return {
    async domainStatus(domain) {
      for (let after: string | undefined; ; ) {
        const { data, error } = await resend.domains.list({ limit: PAGE_LIMIT, ...(after && { after }) })
        if (error) return sortError(error)
        const found = data.data.find(({ name }) => name.toLowerCase() === domain)
        const last = data.data.at(-1)
        if (found || !data.has_more || !last) return { kind: 'told', status: found ? sendingStatus(found) : null }
        after = last.id
      }
    },
    async webhookSecret(url) {
      const there = await findWebhook(resend, url)
      if (there === 'not_told') return null
      if (there === null) {
        const { data } = await resend.webhooks.create({ endpoint: url, events: [...MAIL_EVENTS] })
        return data?.signing_secret ?? null
      }
      // Resend switches off a webhook that nobody answered for long.
      if (there.status === 'disabled') await resend.webhooks.update(there.id, { status: 'enabled' })
      const { data } = await resend.webhooks.get(there.id)
      return data?.signing_secret ?? null
    },
  }
}

/** Older accounts are not told of capabilities: those domains send. */
function sendingStatus({ status, capabilities }: Pick<Domain, 'status'> & Partial<Domain>): SendingStatus {
  return capabilities?.sending === 'disabled' ? 'not_for_sending' : status
}

async function findWebhook(resend: Resend, url: string): Promise<Webhook | null | 'not_told'> {
  for (let after: string | undefined; ; ) {
    const { data } = await resend.webhooks.list({ limit: PAGE_LIMIT, ...(after && { after }) })
    if (!data) return 'not_told'
    const found = data.data.find(({ endpoint }) => endpoint === url)
    const last = data.data.at(-1)
    if (found || !data.has_more || !last) return found ?? null
    after = last.id
  }
}

/** Source: resend.com/docs/api-reference/errors. */
function sortError({ name, statusCode }: { name: string; statusCode: number | null }): DomainAnswer {
  if (name === 'restricted_api_key') return { kind: 'not_allowed' }
  if (statusCode === 401 || (statusCode === 403 && name !== UNNAMED)) return { kind: 'key_refused' }
  return { kind: 'failed', reason: statusCode === null ? name : `${name} (${statusCode})` }
}
