import type { Ids } from '../ids.js'
import type { AcceptedMail, MailState, Origin, OutgoingMail, Tag } from './accepted-mail.js'
import { bareAddress } from './addresses.js'

export interface MailSearch {
  readonly to?: string
  readonly subject?: string | RegExp
  readonly text?: string | RegExp
  readonly tag?: Tag
}

/** Every mail that the provider accepted, oldest first. */
export class Inbox {
  readonly mails: AcceptedMail[] = []
  /** Those that reached somebody's mailbox, in that order. */
  readonly delivered: AcceptedMail[] = []
  readonly #positions = new Map<string, number>()
  readonly #byAddress = new Map<string, AcceptedMail[]>()
  readonly #ids: Ids
  #listeners: ((mail: AcceptedMail) => void)[] = []

  constructor(ids: Ids) {
    this.#ids = ids
  }

  /** Keeps it; sending it is the postman's work. */
  add(mail: OutgoingMail, origin: Origin, now: number): AcceptedMail {
    // By its first recipient: which mails others got in the meantime does not change an id.
    const id = this.#ids.uuid(bareAddress(mail.to[0] ?? ''))
    const accepted: AcceptedMail = { ...mail, ...origin, id, acceptedAt: now, state: 'queued', events: [] }
    this.#positions.set(id, this.mails.length)
    this.mails.push(accepted)
    for (const address of new Set(mail.to.map(bareAddress))) {
      const others = this.#byAddress.get(address)
      if (others) others.push(accepted)
      else this.#byAddress.set(address, [accepted])
    }
    for (const listener of this.#listeners) listener(accepted)
    return accepted
  }

  get(id: string): AcceptedMail | undefined {
    const position = this.#positions.get(id)
    return position === undefined ? undefined : this.mails[position]
  }

  /** Its place among `mails`. */
  positionOf(id: string): number | undefined {
    return this.#positions.get(id)
  }

  find(search: MailSearch): AcceptedMail[] {
    const among = search.to === undefined ? this.mails : (this.#byAddress.get(search.to.toLowerCase()) ?? [])
    return among.filter((mail) => fits(mail, search))
  }

  /** Resolves with the first mail that fits, one that is there or one still to come. */
  async next(search: MailSearch = {}, timeoutMs = 10_000): Promise<AcceptedMail> {
    const there = this.find(search)[0]
    if (there) return there
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        this.#listeners = this.#listeners.filter((other) => other !== listener)
      }
      const listener = (mail: AcceptedMail) => {
        if (!fits(mail, search)) return
        stop()
        resolve(mail)
      }
      const timer = setTimeout(() => {
        stop()
        reject(new Error(`No such mail within ${timeoutMs} ms; ${this.mails.length} others came`))
      }, timeoutMs)
      this.#listeners.push(listener)
    })
  }

  /** How many mails carry each value of a tag: more than one means that something was sent twice. */
  countByTag(name: string): Map<string, number> {
    return countBy(this.mails.flatMap(({ tags }) => tags.filter((tag) => tag.name === name).map(({ value }) => value)))
  }

  /** How many mails were accepted under each idempotency key. */
  countByIdempotencyKey(): Map<string, number> {
    return countBy(this.mails.flatMap(({ idempotencyKey }) => idempotencyKey ?? []))
  }

  /** How many mails are in each state. */
  countByState(): Map<MailState, number> {
    return countBy(this.mails.map(({ state }) => state))
  }

  clear(): void {
    this.mails.length = 0
    this.delivered.length = 0
    this.#positions.clear()
    this.#byAddress.clear()
  }
}

function fits(mail: AcceptedMail, { subject, tag, text, to }: MailSearch): boolean {
  return (
    (to === undefined || mail.to.some((address) => bareAddress(address) === to.toLowerCase())) &&
    (subject === undefined || matches(mail.subject, subject)) &&
    (text === undefined || matches(mail.text ?? '', text)) &&
    (tag === undefined || mail.tags.some(({ name, value }) => name === tag.name && value === tag.value))
  )
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

function countBy<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
