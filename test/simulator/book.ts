import type { Random } from './random.js'

/** Made-up businesses, each with an address that can't exist. */
const COMPANIES: readonly string[] = [
  'Cloudsmith',
  'Northpeak Labs',
  'Harbor & Pine',
  'Tessellate Studio',
  'Brightwater Dental',
  'Kestrel Analytics',
  'Oakline Logistics',
  'Mistral Type',
  'Fjord Coffee',
  'Paperwing',
  'Lumen Yoga',
  'Granite Legal',
  'Sailmaker Software',
  'Copper Kettle',
  'Understory Books',
  'Velo Kollektiv',
  'Kiln & Glaze',
  'Plainsong Media',
  'Meridian Surveying',
  'Foxglove Florals',
  'Halfmoon Audio',
  'Quarry Fitness',
  'Sundial Therapy',
  'Tidepool Games',
  'Waxwing Design',
  'Yarrow Health',
  'Zephyr Freight',
  'Anchorage Bakery',
  'Birchwood Schools',
  'Cedar Signal',
]

const PEOPLE: readonly string[] = [
  'Amara Okafor',
  'Jonas Weber',
  'Claire Fontaine',
  'Mateo Alvarez',
  'Beatriz Souza',
  'Hannah Lindqvist',
  'Kenji Morita',
  'Priya Raman',
  'Tom Ashby',
  'Leila Haddad',
  'Oskar Nowak',
  'Grace Mbeki',
]

export interface BookPlan {
  readonly product: string
  readonly label: string
  readonly interval: 'month' | 'year'
  readonly currency: string
  /** Minor units. */
  readonly amount: number
}

/** Prices in currencies with two decimals, with none (JPY) and with three (KWD). */
const PLANS: readonly BookPlan[] = [
  { product: 'Pro', label: 'Pro annual', interval: 'year', currency: 'usd', amount: 149_000 },
  { product: 'Pro', label: 'Pro monthly', interval: 'month', currency: 'usd', amount: 14_900 },
  { product: 'Starter', label: 'Starter monthly', interval: 'month', currency: 'usd', amount: 2_900 },
  { product: 'Team', label: 'Team annual', interval: 'year', currency: 'usd', amount: 48_000 },
  { product: 'Scale', label: 'Scale annual', interval: 'year', currency: 'usd', amount: 360_000 },
  { product: 'Pro', label: 'Pro monthly', interval: 'month', currency: 'eur', amount: 13_900 },
  { product: 'Team', label: 'Team annual', interval: 'year', currency: 'eur', amount: 45_000 },
  { product: 'Starter', label: 'Starter monthly', interval: 'month', currency: 'gbp', amount: 2_400 },
  { product: 'Pro', label: 'Pro annual', interval: 'year', currency: 'jpy', amount: 218_000 },
  { product: 'Team', label: 'Team monthly', interval: 'month', currency: 'kwd', amount: 14_500 },
]

const PLACES: readonly { readonly country: string; readonly locales: readonly string[]; readonly currency: string }[] =
  [
    { country: 'US', locales: ['en-US'], currency: 'usd' },
    { country: 'US', locales: [], currency: 'usd' },
    { country: 'CA', locales: ['en-CA', 'fr-CA'], currency: 'usd' },
    { country: 'BR', locales: ['pt-BR'], currency: 'usd' },
    { country: 'DE', locales: ['de'], currency: 'eur' },
    { country: 'FR', locales: ['fr'], currency: 'eur' },
    { country: 'ES', locales: ['es'], currency: 'eur' },
    { country: 'GB', locales: ['en-GB'], currency: 'gbp' },
    { country: 'JP', locales: ['ja'], currency: 'jpy' },
    { country: 'KW', locales: ['ar', 'en'], currency: 'kwd' },
  ]

export interface BookEntry {
  readonly name: string
  readonly email: string
  readonly country: string
  readonly preferredLocales: string[]
  readonly plan: BookPlan
}

/**
 * The n-th believable customer, counting from 0, with a plan in a currency that suits the country. The first is always
 * the example that our design shows: Cloudsmith, Pro annual, $1,490.
 */
export function entryOf(random: Random, number: number): BookEntry {
  const company = COMPANIES[number % COMPANIES.length]!
  const round = Math.floor(number / COMPANIES.length)
  const person = random.pick(PEOPLE)
  const place = number === 0 ? PLACES[0]! : random.pick(PLACES)
  const domain = `${company.toLowerCase().replace(/[^a-z]+/g, '-')}${round ? `-${round + 1}` : ''}.example`
  return {
    name: round ? `${company} ${round + 1}` : company,
    email: `${person.split(' ')[0]!.toLowerCase()}@${domain}`,
    country: place.country,
    preferredLocales: [...place.locales],
    plan: number === 0 ? PLANS[0]! : random.pick(PLANS.filter((plan) => plan.currency === place.currency)),
  }
}
