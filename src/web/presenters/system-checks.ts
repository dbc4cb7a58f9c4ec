import type { SystemCheck, SystemCheckName } from '../../db/models/system-check.js'
import { age } from './ages.js'
import type { GlyphName, Tone } from './case-state.js'
import type { View } from './view.js'
import { counted } from './words.js'

/** How one thing stands that must hold. */
export interface SystemCheckView {
  readonly name: SystemCheckName
  readonly title: string
  readonly glyph: GlyphName | 'missing'
  readonly tone: Tone | 'muted'
  readonly state: string
  /** `for 3d 4h`, from when it has stood so. */
  readonly since: string
  readonly exact: string
  /** What to do; `null`: nothing. */
  readonly action: { readonly words: string; readonly label: string; readonly href: string } | null
}

const TITLES: Readonly<Record<SystemCheckName, string>> = {
  key: 'Stripe key',
  webhook: 'Webhook endpoint',
  sender: 'Sender',
  events: 'Events',
  first_touch: 'First mail within five minutes',
  sums: 'Sums',
}

const FINE: Readonly<Record<SystemCheckName, string>> = {
  key: 'Valid, and may do what it could',
  webhook: 'Enabled, in our version and with our events',
  sender: 'Takes mails',
  events: 'Processed as they come',
  first_touch: 'Kept in the last 7 days',
  sums: 'Add up, case by case',
}

type Said = (detail: SystemCheck['detail']) => {
  readonly state: string
  readonly words: string
  readonly label?: string
  readonly href?: string
}

const STRIPE = { label: 'Stripe settings', href: '/app/settings/stripe' }
const SENDER = { label: 'Sender settings', href: '/app/settings/sender' }

const WORDS: Readonly<Record<SystemCheckName, Readonly<Record<string, Said>>>> = {
  key: {
    rejected: () => ({ state: 'Stripe refuses it', words: 'Save a new restricted key.', ...STRIPE }),
    permissions_lost: ({ lost }) => ({
      state: `Lost ${Array.isArray(lost) ? lost.join(', ') : 'permissions'}`,
      words: 'Give it back in Stripe, or see what that costs.',
      ...STRIPE,
    }),
    unanswered: () => ({
      state: 'Stripe did not answer',
      words: 'Nothing to do: it is looked at again within the hour.',
    }),
  },
  webhook: {
    missing: () => ({
      state: 'No endpoint stands at your address',
      words: 'Let us set it up, or add it in Stripe.',
      ...STRIPE,
    }),
    disabled: () => ({
      state: 'Disabled in Stripe',
      words: 'Failed renewals do not reach us. Put the endpoint right.',
      ...STRIPE,
    }),
    other_version: () => ({
      state: 'In another API version',
      words: 'It is understood all the same. Put it right to be sure.',
      ...STRIPE,
    }),
    other_events: () => ({
      state: 'Other events than ours',
      words: 'Some of what happens does not reach us. Put it right.',
      ...STRIPE,
    }),
    not_allowed: () => ({
      state: 'The key may not look at it',
      words: 'Give it Webhook endpoints, write, to have this checked.',
      ...STRIPE,
    }),
    unanswered: () => ({
      state: 'Stripe did not answer',
      words: 'Nothing to do: it is looked at again within the hour.',
    }),
  },
  sender: {
    domain_unverified: () => ({
      state: 'Its domain is not verified',
      words: 'Mails wait. Verify the domain in Resend.',
      ...SENDER,
    }),
    key_refused: () => ({ state: 'Resend refuses its key', words: 'Mails wait. Save a new key.', ...SENDER }),
    no_provider: () => ({
      state: 'Mail is not set up',
      words: 'No mail is sent. Connect a sender of your own.',
      ...SENDER,
    }),
  },
  events: {
    waiting: ({ waiting }) => ({
      state: `${counted(Number(waiting), 'event')} waiting for more than five minutes`,
      words: 'Is a worker running? Events are kept, and processed once one does.',
      label: 'Events',
      href: '/app/events',
    }),
  },
  first_touch: {
    broken: ({ breaches }) => ({
      state: `${counted(Number(breaches), 'first mail')} later than five minutes in the last 7 days`,
      words: 'The case’s timeline says what held it up.',
      label: 'Cases',
      href: '/app/cases',
    }),
  },
  sums: {
    faults: ({ found }) => ({
      state: `${counted(Number(found), 'fault')} found`,
      words: 'A case’s figures do not follow from what was seen. The log of the worker says which: please report it.',
    }),
  },
}

const ORDER: readonly SystemCheckName[] = ['key', 'webhook', 'sender', 'events', 'first_touch', 'sums']

/** Those that were looked at; what needs the owner first. */
export function presentSystemChecks(checks: readonly SystemCheck[], view: View): SystemCheckView[] {
  return ORDER.flatMap((name) => checks.filter((check) => check.name === name))
    .toSorted((a, b) => Number(b.state === 'attention') - Number(a.state === 'attention'))
    .map((check) => presentCheck(check, view))
}

function presentCheck({ because, detail, name, since, state }: SystemCheck, view: View): SystemCheckView {
  const said = because === null ? null : (WORDS[name][because]?.(detail) ?? { state: 'Not known', words: '' })
  const look = {
    ok: { glyph: 'recovered', tone: 'recovered' },
    attention: { glyph: 'attention', tone: 'attention' },
    unknown: { glyph: 'missing', tone: 'muted' },
  } as const
  return {
    name,
    title: TITLES[name],
    ...look[state],
    state: said?.state ?? FINE[name],
    since: `for ${age(since, view.now)}`,
    exact: view.times.exact(since),
    action: said && { words: said.words, label: said.label ?? '', href: said.href ?? '' },
  }
}
