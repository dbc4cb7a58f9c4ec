import type { Workspace } from '../../db/models/workspace.js'
import { formatMoney, formatMoneyParts, type MoneyParts } from '../../domain/money.js'
import { type Times, timesIn } from './times.js'

/** From where one looks: the moment, the reader's locale for amounts, the workspace's time zone and its prompts. */
export interface View {
  readonly now: Date
  readonly locale: string
  readonly times: Times
  /** `null`: prompts are off. */
  readonly promptsOnAt: Date | null
}

/** Made once a page: it holds the formatters. */
export function viewOf(
  { time_zone, prompts_on_at }: Pick<Workspace, 'time_zone' | 'prompts_on_at'>,
  now: Date,
  locale = 'en-US',
): View {
  return { now, locale, times: timesIn(time_zone, now), promptsOnAt: prompts_on_at }
}

/** An amount for a page: in pieces to mute its decimals, and whole for titles and sentences. */
export interface MoneyView extends MoneyParts {
  readonly text: string
}

/** @param amount minor units of the currency */
export function presentMoney(amount: number, currency: string, { locale }: Pick<View, 'locale'>): MoneyView {
  const money = { amount, currency }
  return { ...formatMoneyParts(money, locale), text: formatMoney(money, locale) }
}

/** An amount for a headline or a chart: with decimals only where there are any, nothing rounded. */
export function headline(amount: number, currency: string, { locale }: Pick<View, 'locale'>): string {
  const { whole, cents, after } = formatMoneyParts({ amount, currency }, locale)
  return /[1-9]/.test(cents) ? whole + cents + after : whole + after
}
