import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import { portuguese } from './pt.js'
import type { Words } from './words.js'

/** A language is its file and its line here. */
export const LANGUAGES: readonly Words[] = [english, german, french, spanish, portuguese]

/** An owner's labels need not be in the customer's language: each is read in all that we have. */
const RHYTHM = new RegExp(`(?<!\\p{L})(${LANGUAGES.map(({ rhythm }) => rhythm.source).join('|')})(?!\\p{L})`, 'iu')

export const saysItsRhythm = (label: string) => RHYTHM.test(label)

const wordsOf = (tag: string) => LANGUAGES.find(({ language }) => language === tag.split('-')[0]?.toLowerCase())

export const wordsIn = (language: string) => wordsOf(language) ?? english

/**
 * The language of a customer's mail: the first of Stripe's `preferred_locales` that we have words for, with its
 * region ("en-GB"), else English. Fit for `Intl`.
 */
export function mailLanguage(preferredLocales: readonly string[]): string {
  for (const locale of preferredLocales) {
    const tag = canonical(locale)
    if (tag && wordsOf(tag)) return tag
  }
  return english.language
}

function canonical(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0]
  } catch {
    return undefined
  }
}
