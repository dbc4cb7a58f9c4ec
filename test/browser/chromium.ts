import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'
import { BROWSER } from '../support/link-requests.js'

const PATH = process.env.CHROMIUM_PATH || '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The system's Chromium, with a new and empty profile. */
export async function openChromium(): Promise<Browser> {
  if (!existsSync(PATH)) {
    throw new Error(`There is no Chromium at ${PATH}: apt-get install chromium (or name another in CHROMIUM_PATH)`)
  }
  return chromium.launch({ executablePath: PATH, args: FLAGS })
}

/** What a person's browser asked for and complained about, over all its tabs. */
export interface Watched {
  readonly person: BrowserContext
  /** Origins of everything that was asked for. */
  readonly origins: Set<string>
  /** Errors on the console and in scripts; a page's own status of 4xx or 5xx is none, nor that simulators have no icon. */
  readonly complaints: string[]
}

/** Somebody with a browser of their own: no cookie of anybody else. */
export async function aPerson(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const person = await browser.newContext({
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    // Without it the browser says that it has no window, as scanners do.
    userAgent: BROWSER,
    ...options,
  })
  person.setDefaultTimeout(10_000)
  const origins = new Set<string>()
  const complaints: string[] = []
  const pages = new Set<string>()
  person.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http')) origins.add(origin)
    if (request.isNavigationRequest()) pages.add(request.url())
  })
  person.on('console', (message) => {
    const { url } = message.location()
    const isStatus = /responded with a status of [45]\d\d/.test(message.text())
    const isExpected = isStatus && (pages.has(url) || /^http:\/\/127\.0\.0\.1:\d+\/favicon\.ico$/.test(url))
    if (message.type() === 'error' && !isExpected) complaints.push(`${message.text()} (${url})`)
  })
  person.on('weberror', (error) => complaints.push(String(error.error())))
  return { person, origins, complaints }
}
