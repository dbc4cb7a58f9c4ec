import type { Random } from './random.js'

/** Made-up businesses, each with an address that can't exist. The first customers are these. */
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

/** The next ones are called by two of these words, each pair once. */
const FIRST_WORDS: readonly string[] = [
  ...['Alder', 'Amber', 'Arrow', 'Basalt', 'Bayside', 'Beacon', 'Bluebell', 'Bramble', 'Cobalt', 'Coral', 'Dovetail'],
  ...['Driftwood', 'Elmwood', 'Ember', 'Fallow', 'Fernway', 'Flint', 'Garnet', 'Gorse', 'Hazel', 'Heron', 'Indigo'],
  ...['Ironbark', 'Juniper', 'Keystone', 'Lantern', 'Larkspur', 'Linden', 'Magnolia', 'Marlow', 'Nettle', 'Nimbus'],
  ...['Orchard', 'Osprey', 'Pebble', 'Quill', 'Rowan', 'Saffron', 'Tamarind', 'Thistle', 'Umber', 'Willow', 'Wren'],
]

const SECOND_WORDS: readonly string[] = [
  ...['Labs', 'Studio', 'Coffee', 'Legal', 'Books', 'Fitness', 'Games', 'Dental', 'Design', 'Logistics', 'Media'],
  ...['Software', 'Bakery', 'Yoga', 'Schools', 'Audio', 'Health', 'Travel', 'Pottery', 'Gardens', 'Optics', 'Press'],
  ...['Cycles', 'Accounting', 'Archive', 'Brewing', 'Catering', 'Ceramics', 'Climbing', 'Courses', 'Events', 'Films'],
  ...['Furniture', 'Insurance', 'Kitchens', 'Languages', 'Marine', 'Music', 'Nursery', 'Outdoors', 'Photography'],
  ...['Plumbing', 'Radio', 'Recruiting', 'Records', 'Roasters', 'Surveys', 'Tailors', 'Tutoring', 'Vineyard'],
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

/**
 * Prices in currencies with two decimals, with none (JPY), with three (KWD), and with none in life that Stripe sends with
 * two (ISK, UGX).
 */
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
  { product: 'Pro', label: 'Pro monthly', interval: 'month', currency: 'isk', amount: 1_990_000 },
  { product: 'Team', label: 'Team annual', interval: 'year', currency: 'ugx', amount: 178_000_000 },
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
    { country: 'IS', locales: ['is', 'en'], currency: 'isk' },
    { country: 'UG', locales: ['en'], currency: 'ugx' },
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
  const name = nameOf(number)
  const person = random.pick(PEOPLE)
  const place = number === 0 ? PLACES[0]! : random.pick(PLACES)
  const domain = `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.example`
  return {
    name,
    email: `${person.split(' ')[0]!.toLowerCase()}@${domain}`,
    country: place.country,
    preferredLocales: [...place.locales],
    plan: number === 0 ? PLANS[0]! : random.pick(PLANS.filter((plan) => plan.currency === place.currency)),
  }
}

/** Unique for every number. */
function nameOf(number: number): string {
  const company = COMPANIES[number]
  if (company !== undefined) return company
  const beyond = number - COMPANIES.length
  const pairs = FIRST_WORDS.length * SECOND_WORDS.length
  // Both counts have no common divisor, so that the two walk through all pairs.
  const pair = `${FIRST_WORDS[beyond % FIRST_WORDS.length]} ${SECOND_WORDS[beyond % SECOND_WORDS.length]}`
  return beyond < pairs ? pair : `${pair} ${Math.floor(beyond / pairs) + 1}`
}
