import type { Clock } from '../clock.js'
import type { Ids } from '../ids.js'
import type { AcceptedMail, EmailEvent, MailEvent, MailState, Origin, OutgoingMail, Visitor } from './accepted-mail.js'
import { bareAddress } from './addresses.js'
import { bounceOf, dataOf, STATE_AFTER, SUPPRESSED } from './events.js'
import { FATES, type Fate, type Fates } from './fates.js'
import type { Inbox } from './inbox.js'

interface PostmanParts {
  readonly clock: Clock
  readonly fates: Fates
  readonly ids: Ids
  readonly inbox: Inbox
  /** Told of every event that webhooks tell. */
  readonly onEvent: (event: ToldEvent) => void
}

/** A mail that is to leave or to arrive later. */
interface Errand {
  readonly run: () => void
  readonly callOff: () => void
}

/** A line of a mail's story that webhooks tell. */
export interface ToldEvent extends MailEvent {
  readonly payload: EmailEvent
}

/** Takes accepted mails to their recipients, where each meets its fate, and writes their story. */
export class Postman {
  readonly #parts: PostmanParts
  readonly #underWay = new Map<string, Errand>()

  constructor(parts: PostmanParts) {
    this.#parts = parts
  }

  accept(mail: OutgoingMail, origin: Origin): AcceptedMail {
    const { clock, inbox } = this.#parts
    const accepted = inbox.add(mail, origin, clock.now())
    if (accepted.scheduledAt !== null && accepted.scheduledAt > clock.now()) {
      this.#tell(accepted, { type: 'email.scheduled', created_at: this.#iso(), data: dataOf(accepted) })
      this.#plan(accepted, accepted.scheduledAt, () => this.#send(accepted))
    } else {
      this.#send(accepted)
    }
    return accepted
  }

  /** Milliseconds since 1970. The mail must be scheduled. */
  reschedule(mail: AcceptedMail, at: number): void {
    mail.scheduledAt = at
    this.#plan(mail, at, () => this.#send(mail))
  }

  /** The mail must be scheduled. */
  cancel(mail: AcceptedMail): void {
    this.#callOff(mail)
    this.#note(mail, { state: 'canceled', payload: null })
  }

  /** Whether it is scheduled or delayed. */
  isUnderWay(mail: AcceptedMail): boolean {
    return this.#underWay.has(mail.id)
  }

  /** Sends what is scheduled and delivers what is delayed, now. */
  hurry(mail: AcceptedMail): void {
    const errand = this.#underWay.get(mail.id)
    this.#callOff(mail)
    errand?.run()
  }

  /** Its server sends it back, be it at once or after it was taken. */
  bounce(mail: AcceptedMail, kind: 'permanent' | 'transient'): void {
    demand('sent', mail)
    this.#callOff(mail)
    this.#bounce(mail, kind, mail.to)
  }

  complain(mail: AcceptedMail, to: readonly string[] = mail.to): void {
    demand('delivered', mail)
    this.#tell(mail, { type: 'email.complained', created_at: this.#iso(), data: dataOf(mail, to) })
    this.#suppress(mail, to, 'complaint')
  }

  open(mail: AcceptedMail, visitor: Visitor): void {
    demand('delivered', mail)
    this.#tell(mail, { type: 'email.opened', created_at: this.#iso(), data: dataOf(mail) }, visitor)
  }

  click(mail: AcceptedMail, link: string, visitor: Visitor): void {
    demand('delivered', mail)
    const { ip, userAgent } = visitor
    const click = { ipAddress: ip, link, timestamp: this.#iso(), userAgent }
    const data = { ...dataOf(mail), click }
    this.#tell(mail, { type: 'email.clicked', created_at: this.#iso(), data }, visitor)
  }

  #send(mail: AcceptedMail): void {
    const groups = new Map<Fate, string[]>()
    for (const address of [...mail.to, ...mail.cc, ...mail.bcc]) {
      const fate = this.#parts.fates.of(address)
      groups.set(fate, [...(groups.get(fate) ?? []), address])
    }
    const leaving = [...groups].filter(([fate]) => fate !== 'suppressed' && fate !== 'failed').flatMap(([, to]) => to)
    if (leaving.length > 0) {
      this.#tell(mail, { type: 'email.sent', created_at: this.#iso(), data: dataOf(mail, leaving) })
    }
    for (const fate of FATES) {
      const to = groups.get(fate)
      if (to) this.#meet(mail, fate, to)
    }
  }

  #meet(mail: AcceptedMail, fate: Fate, to: readonly string[]): void {
    const created_at = this.#iso()
    const data = dataOf(mail, to)
    const { clock, fates } = this.#parts
    switch (fate) {
      case 'delivered':
        this.#deliver(mail, to)
        return
      case 'delayed':
        this.#tell(mail, { type: 'email.delivery_delayed', created_at, data })
        this.#plan(mail, clock.now() + fates.options.delayMs, () => this.#deliver(mail, to))
        return
      case 'complained':
        this.#deliver(mail, to)
        this.complain(mail, to)
        return
      case 'bounced_transiently':
        this.#bounce(mail, 'transient', to)
        return
      case 'bounced':
        this.#bounce(mail, 'permanent', to)
        return
      case 'suppressed':
        this.#tell(mail, { type: 'email.suppressed', created_at, data: { ...data, suppressed: SUPPRESSED } })
        return
      case 'failed':
        this.#tell(mail, {
          type: 'email.failed',
          created_at,
          data: { ...data, failed: { reason: 'reached_daily_quota' } },
        })
        return
    }
  }

  #deliver(mail: AcceptedMail, to: readonly string[]): void {
    if (!hasBeen('delivered', mail)) this.#parts.inbox.delivered.push(mail)
    this.#tell(mail, { type: 'email.delivered', created_at: this.#iso(), data: dataOf(mail, to) })
  }

  #bounce(mail: AcceptedMail, kind: 'permanent' | 'transient', to: readonly string[]): void {
    const data = { ...dataOf(mail, to), bounce: bounceOf(kind, to.map(bareAddress)) }
    this.#tell(mail, { type: 'email.bounced', created_at: this.#iso(), data })
    if (kind === 'permanent') this.#suppress(mail, to, 'bounce')
  }

  #suppress(mail: AcceptedMail, to: readonly string[], origin: 'bounce' | 'complaint'): void {
    const { clock, fates } = this.#parts
    for (const address of to) fates.suppress(address, origin, mail.id, clock.now())
  }

  #plan(mail: AcceptedMail, at: number, errand: () => void): void {
    const { clock, inbox } = this.#parts
    this.#callOff(mail)
    const run = () => {
      this.#underWay.delete(mail.id)
      // Nothing becomes of a mail that was cleared away in the meantime.
      if (inbox.get(mail.id) === mail) errand()
    }
    this.#underWay.set(mail.id, { run, callOff: clock.after(Math.max(0, at - clock.now()), run) })
  }

  #callOff(mail: AcceptedMail): void {
    this.#underWay.get(mail.id)?.callOff()
    this.#underWay.delete(mail.id)
  }

  #tell(mail: AcceptedMail, payload: EmailEvent, visitor?: Visitor): void {
    const event = this.#note(mail, { state: STATE_AFTER[payload.type], payload, ...(visitor && { visitor }) })
    this.#parts.onEvent(event)
  }

  #note<T extends Omit<MailEvent, 'id' | 'at'>>(mail: AcceptedMail, what: T): T & { id: string; at: number } {
    const event = { ...what, id: this.#parts.ids.next('msg', mail.id, 27), at: this.#parts.clock.now() }
    mail.events.push(event)
    mail.state = event.state
    return event
  }

  #iso(): string {
    return new Date(this.#parts.clock.now()).toISOString()
  }
}

export function hasBeen(state: MailState, mail: AcceptedMail): boolean {
  return mail.events.some((event) => event.state === state)
}

/** Nobody opens, follows or complains of what did not arrive, and no server sends back what never left. */
function demand(state: 'sent' | 'delivered', mail: AcceptedMail): void {
  if (!hasBeen(state, mail)) throw new Error(`The mail ${mail.id} was not ${state}: it is ${mail.state}`)
}
