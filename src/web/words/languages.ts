import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { french } from './fr.js'
import type { PageWords } from './page-words.js'
import { portuguese } from './pt.js'

/** The languages of the mails, and no other: who reads a mail reads the page behind its link. */
export const PAGE_LANGUAGES: readonly PageWords[] = [english, german, french, spanish, portuguese]

/** @param language as `mailLanguage` names it; the region is not looked at */
export const pageWordsIn = (language: string): PageWords =>
  PAGE_LANGUAGES.find((words) => words.language === language.split('-')[0]) ?? english
