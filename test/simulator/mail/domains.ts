import type { Domain, DomainDkimRecord, DomainRecordStatus, DomainRegion, DomainSpfRecord, DomainStatus } from 'resend'
import type { Clock } from '../clock.js'
import type { Ids } from '../ids.js'
import { domainOf } from './addresses.js'
import { MailApiError } from './errors.js'
import { timestamp } from './timestamp.js'

export const REGIONS: readonly DomainRegion[] = ['us-east-1', 'eu-west-1', 'sa-east-1', 'ap-northeast-1']

export const DOMAIN_STATUSES = [
  'not_started',
  'pending',
  'verified',
  'partially_verified',
  'partially_failed',
  'failed',
] as const satisfies readonly DomainStatus[]

/** Resend's own: its test sender writes to its test addresses. */
const RESEND_DOMAIN = 'resend.dev'

/** The domains that the team sends from. */
export class Domains {
  /** Oldest first. */
  readonly list: Domain[] = []
  readonly #clock: Clock
  readonly #ids: Ids

  constructor(ids: Ids, clock: Clock) {
    this.#ids = ids
    this.#clock = clock
  }

  add(name: string, status: DomainStatus = 'verified', more: Partial<Domain> = {}): Domain {
    const domain: Domain = {
      id: this.#ids.uuid(`domain ${name}`),
      name: name.toLowerCase(),
      status,
      created_at: timestamp(this.#clock.now()),
      region: 'us-east-1',
      capabilities: { sending: 'enabled', receiving: 'disabled' },
      open_tracking: false,
      click_tracking: false,
      ...more,
    }
    this.list.push(domain)
    return domain
  }

  get(id: string): Domain | undefined {
    return this.list.find((domain) => domain.id === id)
  }

  named(name: string): Domain | undefined {
    return this.list.find((domain) => domain.name === name.toLowerCase())
  }

  /** As Resend's look at the DNS records would end. Adds the domain when it is unknown. */
  setStatus(name: string, status: DomainStatus): void {
    const domain = this.named(name)
    if (domain) domain.status = status
    else this.add(name, status)
  }

  remove(domain: Domain): void {
    this.list.splice(this.list.indexOf(domain), 1)
  }

  /** Throws what Resend answers to a mail from a domain that is not verified, or from its own to anybody real. */
  demandVerified(from: string, recipients: readonly string[]): void {
    const name = domainOf(from)
    if (name === RESEND_DOMAIN && recipients.every((address) => domainOf(address) === RESEND_DOMAIN)) return
    const status = this.named(name)?.status
    if (status === 'verified' || status === 'partially_verified') return
    throw new MailApiError(
      403,
      'validation_error',
      name === RESEND_DOMAIN
        ? 'You can only send testing emails to your own email address. To send emails to other recipients, please verify a domain at resend.com/domains, and change the `from` address to an email using this domain.'
        : `The ${name} domain is not verified. Please, add and verify your domain on https://resend.com/domains`,
    )
  }
}

/** What its owner has to put into the DNS, not that anybody looked. */
export function recordsOf({ name, region, status }: Domain): (DomainDkimRecord | DomainSpfRecord)[] {
  const shared = { ttl: 'Auto', status: RECORD_STATUS[status] }
  return [
    {
      record: 'SPF',
      name: 'send',
      type: 'MX',
      priority: 10,
      value: `feedback-smtp.${region}.simulated.example`,
      ...shared,
    },
    { record: 'SPF', name: 'send', type: 'TXT', value: 'v=spf1 include:simulated.example ~all', ...shared },
    { record: 'DKIM', name: 'resend._domainkey', type: 'TXT', value: `p=simulated+${name}`, ...shared },
  ]
}

const RECORD_STATUS: Readonly<Record<DomainStatus, DomainRecordStatus>> = {
  not_started: 'not_started',
  pending: 'pending',
  verified: 'verified',
  partially_verified: 'verified',
  partially_failed: 'failed',
  failed: 'failed',
}
