import type { StripeStatus } from '../../accounts/stripe-status.js'
import { PERMISSIONS } from '../../stripe/permissions.js'
import type { Hindrance } from '../../stripe/verify-key.js'
import { age } from './ages.js'
import type { GlyphName, Tone } from './case-state.js'
import { counted } from './words.js'

export interface CapabilityRow {
  readonly slug: string
  readonly name: string
  readonly purpose: string
  /** What it costs to go without; shown where it is missing, or not yet known. */
  readonly cost: string | null
  readonly glyph: GlyphName
  readonly tone: Tone
  readonly words: string
}

export interface NoticeView {
  readonly tone: 'attention' | 'open' | 'recovered'
  readonly title: string
  readonly text: string
}

/** What the page about Stripe shows of a workspace. */
export interface StripeStepView {
  /** `null`: no key is stored. */
  readonly key: {
    readonly summary: string
    readonly mode: 'test' | 'live'
    readonly standing: 'verified' | 'unverified' | 'rejected'
  } | null
  readonly notice: NoticeView | null
  /** What is missing comes first. */
  readonly capabilities: readonly CapabilityRow[]
  readonly canMakeEndpoint: boolean
  /** `null`: none is stored. */
  readonly secret: string | null
  readonly secretNotice: NoticeView | null
  readonly firstEvent: string | null
  readonly isVerified: boolean
}

type Matrix = NonNullable<NonNullable<StripeStatus['connection']>['capabilities']>

export function presentStripeStep(status: StripeStatus, now: Date): StripeStepView {
  const { connection, signingSecret, firstEventAt, signatureFailures, isVerified } = status
  const matrix = connection?.capabilities ?? []
  return {
    key: connection && {
      mode: connection.mode,
      standing: standingOf(connection),
      summary: keyInWords(connection, now),
    },
    notice: connection && noticeOf(connection, matrix, now),
    capabilities: rowsOf(matrix),
    canMakeEndpoint: matrix.some(({ permission, result }) => permission === 'rak_webhook_write' && result === 'works'),
    secret: signingSecret && secretInWords(signingSecret, now),
    secretNotice: signatureFailures > 0 ? mismatch(signatureFailures) : null,
    firstEvent: firstEventAt && `Stripe’s first event arrived ${age(firstEventAt, now)} ago`,
    isVerified,
  }
}

type Connection = NonNullable<StripeStatus['connection']>

const standingOf = ({ rejected_at, verified_at }: Connection) =>
  rejected_at ? 'rejected' : verified_at ? 'verified' : 'unverified'

function keyInWords(connection: Connection, now: Date): string {
  const { account_name, api_key_last4, capabilities_checked_at, key_saved_at, mode, verified_at } = connection
  const whose = `${account_name ? `${account_name}, ` : ''}${mode} mode`
  const state = verified_at
    ? `Verified for ${whose}, ${age(capabilities_checked_at ?? verified_at, now)} ago`
    : `Stored for ${whose}, not verified yet`
  return `${state}. Ends in ${api_key_last4}, saved ${age(key_saved_at, now)} ago, encrypted; never shown again.`
}

function secretInWords(
  { created_at, last4, webhook_endpoint_id }: NonNullable<StripeStatus['signingSecret']>,
  now: Date,
) {
  const whose = webhook_endpoint_id ? 'Of the endpoint that we set up' : 'Pasted by you'
  return `${whose}. Ends in ${last4}, saved ${age(created_at, now)} ago, encrypted; never shown again.`
}

const nameOf = new Map(PERMISSIONS.map(({ name, slug }) => [slug, name]))
const isRequired = new Set(PERMISSIONS.filter(({ required }) => required).map(({ slug }) => slug))
/** What everybody can go without, as there is another way. */
const isExtra = (slug: string) => slug === 'rak_webhook_write'

/** Names what is missing. Also for a key that is not stored. */
export function lackInWords(matrix: readonly { permission: string; result: string }[]): string {
  const missing = matrix.filter(({ permission, result }) => result === 'missing' && isRequired.has(permission))
  return missing.map(({ permission }) => nameOf.get(permission)).join(' · ')
}

function noticeOf({ rejected_at }: Connection, matrix: Matrix, now: Date): NoticeView | null {
  if (rejected_at) {
    return {
      tone: 'attention',
      title: 'Stripe refuses this key.',
      text: `Since ${age(rejected_at, now)} Stripe has not accepted it: it was revoked, or has expired. Your cases and figures stay; recovery links lead to the last page that we know. Paste a new key below.`,
    }
  }
  const required = matrix.filter(({ permission }) => isRequired.has(permission))
  const lack = lackInWords(matrix)
  if (lack) {
    return {
      tone: 'attention',
      title: `Nothing works without: ${lack}.`,
      text: 'Give the key that permission in Stripe, under Developers, API keys, then check again. The key itself stays the same.',
    }
  }
  const unknown = matrix.filter(({ result }) => result === 'unknown')
  const because = (required.find(({ result }) => result === 'unknown') ?? unknown[0])?.because as Hindrance | undefined
  if (because && because !== 'portal_not_configured') {
    const count = counted(unknown.length, 'permission')
    return {
      tone: 'attention',
      title: HINDRANCES[because],
      text: `So ${count} could not be checked. The key is stored, and nothing else has changed. Check again in a minute.`,
    }
  }
  if (because) return { tone: 'attention', title: HINDRANCES[because], text: PORTAL }
  const missing = matrix.filter(({ permission, result }) => result === 'missing' && !isExtra(permission))
  if (missing.length === 0) return null
  const what = missing.map(({ permission }) => nameOf.get(permission)).join(' · ')
  return {
    tone: 'attention',
    title: missing.length === 1 ? 'One permission is missing.' : `${missing.length} permissions are missing.`,
    text: `${what}. The rest works, and the table says what that costs. You can go on and add it to the key later.`,
  }
}

const PORTAL =
  'Stripe gives no card page until the settings of its customer portal were saved once. Open Settings, Billing, Customer portal in Stripe, save, then check again.'

export const HINDRANCES: Record<Hindrance, string> = {
  slow: 'Stripe did not answer within 10 seconds.',
  down: 'Stripe could not be reached, or is out of order.',
  rate_limited: 'Stripe has had too many calls from this account just now.',
  portal_not_configured: 'The customer portal is not set up.',
  unclear: 'Stripe gave no clear answer.',
}

const mismatch = (failures: number): NoticeView => ({
  tone: 'attention',
  title: 'The signing secret does not match.',
  text: `${counted(failures, 'event')} arrived and none could be verified since. Paste the secret of this endpoint, not of another.`,
})

function rowsOf(matrix: Matrix): CapabilityRow[] {
  const rows = PERMISSIONS.map(({ slug, name, purpose, cost, required }) => {
    const known = matrix.find(({ permission }) => permission === slug)
    const base = { slug, name, purpose, order: 3 }
    switch (known?.result) {
      case 'works':
        return { ...base, cost: null, glyph: 'recovered', tone: 'recovered', words: 'Works' } as const
      case 'missing':
        return isExtra(slug)
          ? ({ ...base, order: 4, cost, glyph: 'closed', tone: 'closed', words: 'Not given' } as const)
          : ({
              ...base,
              order: required ? 0 : 1,
              cost,
              glyph: required ? 'lost' : 'attention',
              tone: required ? 'lost' : 'attention',
              words: 'Missing',
            } as const)
      case 'unknown':
        return {
          ...base,
          order: 2,
          cost: HINDRANCES[known.because as Hindrance],
          glyph: 'waiting',
          tone: 'muted',
          words: 'Not known',
        } as const
      default:
        return {
          ...base,
          cost: required ? null : cost,
          glyph: 'open-0',
          tone: 'muted',
          words: required ? 'Required' : 'Optional',
        } as const
    }
  })
  return rows.sort((a, b) => a.order - b.order).map(({ order, ...row }) => row)
}
