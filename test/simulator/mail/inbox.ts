import type { Ids } from '../ids.js'

export interface Tag {
  readonly name: string
  readonly value: string
}

/** A message as Resend's API takes it, checked. */
export interface OutgoingMail {
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly replyTo: readonly string[]
  readonly subject: string
  readonly html: string | null
  readonly text: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly tags: readonly Tag[]
}

export interface AcceptedMail extends OutgoingMail {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly acceptedAt: number
  readonly idempotencyKey: string | null
  /** Its place in a batch call; null when sent alone. */
  readonly batchIndex: number | null
}

export interface MailSearch {
  readonly to?: string
  readonly subject?: string | RegExp
  readonly text?: string | RegExp
  readonly tag?: Tag
}

/** Every mail that the provider accepted, oldest first. */
export class Inbox {
  readonly mails: AcceptedMail[] = []
  readonly #byId = new Map<string, AcceptedMail>()
  readonly #ids: Ids
  #listeners: ((mail: AcceptedMail) => void)[] = []

  constructor(ids: Ids) {
    this.#ids = ids
  }

  accept(mail: OutgoingMail, idempotencyKey: string | null, batchIndex: number | null, now: number): AcceptedMail {
    const accepted = { ...mail, id: this.#ids.uuid(), acceptedAt: now, idempotencyKey, batchIndex }
    this.mails.push(accepted)
    this.#byId.set(accepted.id, accepted)
    for (const listener of this.#listeners) listener(accepted)
    return accepted
  }

  get(id: string): AcceptedMail | undefined {
    return this.#byId.get(id)
  }

  find(search: MailSearch): AcceptedMail[] {
    return this.mails.filter((mail) => {
      const { subject, tag, text, to } = search
      return (
        (to === undefined || mail.to.some((address) => bareAddress(address) === to.toLowerCase())) &&
        (subject === undefined || matches(mail.subject, subject)) &&
        (text === undefined || matches(mail.text ?? '', text)) &&
        (tag === undefined || mail.tags.some(({ name, value }) => name === tag.name && value === tag.value))
      )
    })
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
      const listener = () => {
        const found = this.find(search)[0]
        if (!found) return
        stop()
        resolve(found)
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

  clear(): void {
    this.mails.length = 0
    this.#byId.clear()
  }
}

/** `Ada <ada@x.example>` → `ada@x.example`. */
function bareAddress(address: string): string {
  return (/<([^>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase()
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
