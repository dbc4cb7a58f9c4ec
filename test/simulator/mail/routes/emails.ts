import type Router from '@koa/router'
import type Koa from 'koa'
import type {
  CancelEmailResponseSuccess,
  CreateBatchSuccessResponse,
  CreateEmailResponseSuccess,
  GetEmailResponseSuccess,
  ListEmail,
  ListEmailsResponseSuccess,
  UpdateEmailResponseSuccess,
} from 'resend'
import { pauseWhenSlow } from '../../faults.js'
import type { AcceptedMail, OutgoingMail } from '../accepted-mail.js'
import { invalid, MailApiError } from '../errors.js'
import { messageIdOf } from '../events.js'
import { missing, objectOf } from '../fields.js'
import { demandDomain, demandFullAccess, type MailKey } from '../keys.js'
import { readMoment } from '../schedule.js'
import type { MailSimulator } from '../simulator.js'
import { timestamp } from '../timestamp.js'
import { notSimulatedIn, readMail, refuseReserved } from '../validation.js'
import { parse, textOf } from './body.js'
import { found } from './ids.js'
import { pageOf } from './paging.js'

const BATCH_LIMIT = 100
const PAGE = 20

export function emailRoutes(router: Router, simulator: MailSimulator): void {
  const { clock, inbox, postman } = simulator
  router.post('/emails', async (ctx) => {
    ctx.body = await once(simulator, ctx, (body, key) => sendOne(simulator, ctx.state.key, body, key))
  })
  router.post('/emails/batch', async (ctx) => {
    const permissive = ctx.get('x-batch-validation') === 'permissive'
    ctx.body = await once(simulator, ctx, (body, key) => sendBatch(simulator, ctx.state.key, body, key, permissive))
  })
  router.get('/emails', (ctx) => {
    demandFullAccess(ctx.state.key)
    const { data, ...page } = pageOf(ctx.query, {
      items: inbox.mails,
      positionOf: (id) => inbox.positionOf(id),
      defaultLimit: PAGE,
    })
    ctx.body = { ...page, data: data.map(asSummary) } satisfies ListEmailsResponseSuccess
  })
  router.get('/emails/:id', (ctx) => {
    demandFullAccess(ctx.state.key)
    ctx.body = asEmail(found(ctx.params.id, 'Email', (id) => inbox.get(id)))
  })
  router.patch('/emails/:id', async (ctx) => {
    demandFullAccess(ctx.state.key)
    const mail = scheduled(found(ctx.params.id, 'Email', (id) => inbox.get(id)))
    const { scheduled_at } = objectOf(parse(await textOf(ctx)), ['scheduled_at'])
    if (scheduled_at === undefined) throw missing('scheduled_at')
    postman.reschedule(mail, readMoment(scheduled_at, clock.now()))
    ctx.body = { object: 'email', id: mail.id } satisfies UpdateEmailResponseSuccess
  })
  router.post('/emails/:id/cancel', (ctx) => {
    demandFullAccess(ctx.state.key)
    const mail = scheduled(found(ctx.params.id, 'Email', (id) => inbox.get(id)))
    postman.cancel(mail)
    ctx.body = { object: 'email', id: mail.id } satisfies CancelEmailResponseSuccess
  })
}

/** What has left, or was canceled, can be neither moved nor canceled. */
function scheduled(mail: AcceptedMail): AcceptedMail {
  if (mail.state !== 'scheduled') throw invalid(`The email is not scheduled: it is ${mail.state}.`)
  return mail
}

/** Runs a send under its idempotency key. A refused send is not kept: its key can be used again. */
async function once(
  simulator: MailSimulator,
  ctx: Pick<Koa.Context, 'req' | 'get' | 'state' | 'set' | 'path'>,
  send: (body: unknown, key: string | null) => object,
): Promise<object> {
  const text = await textOf(ctx)
  const body = parse(text)
  const key = ctx.get('idempotency-key')
  if (key === '') {
    await pauseWhenSlow(ctx as Koa.Context)
    return send(body, null)
  }
  const earlier = simulator.idempotency.begin(key, `${ctx.path}\n${text}`, simulator.now())
  if (earlier) {
    ctx.set('idempotent-replayed', 'true')
    return earlier
  }
  try {
    await pauseWhenSlow(ctx as Koa.Context)
    const answer = send(body, key)
    simulator.idempotency.keep(key, answer)
    return answer
  } catch (error) {
    simulator.idempotency.forget(key)
    throw error
  }
}

function sendOne(
  simulator: MailSimulator,
  key: MailKey,
  body: unknown,
  idempotencyKey: string | null,
): CreateEmailResponseSuccess {
  const mail = check(simulator, key, body)
  return { id: simulator.postman.accept(mail, { idempotencyKey, batchIndex: null }).id }
}

/** Strict: one bad mail refuses all. Permissive: the bad ones are named by their index, the others go out. */
function sendBatch(
  simulator: MailSimulator,
  key: MailKey,
  body: unknown,
  idempotencyKey: string | null,
  permissive: boolean,
): CreateBatchSuccessResponse<{ batchValidation: 'permissive' }> | Pick<CreateBatchSuccessResponse, 'data'> {
  if (!Array.isArray(body) || body.length === 0 || body.length > BATCH_LIMIT) {
    throw invalid(`A batch holds 1 to ${BATCH_LIMIT} emails.`)
  }
  const errors: { index: number; message: string }[] = []
  const good = body.flatMap((entry: unknown, index) => {
    try {
      const mail = check(simulator, key, entry)
      // Source: resend.com/docs/dashboard/emails/batch-sending#limitations.
      if (mail.attachments.length > 0) throw invalid('The `attachments` field is not supported in a batch.')
      return [{ mail, index }]
    } catch (error) {
      if (!permissive || !(error instanceof MailApiError) || error.status !== 422) throw error
      errors.push({ index, message: error.message })
      return []
    }
  })
  const data = good.map(({ mail, index }) => ({
    id: simulator.postman.accept(mail, { idempotencyKey, batchIndex: index }).id,
  }))
  return permissive ? { data, errors } : { data }
}

/** A mail that this key may send, or the error that Resend would answer. */
function check(simulator: MailSimulator, key: MailKey, body: unknown): OutgoingMail {
  const lacking = notSimulatedIn(body)
  if (lacking !== undefined) {
    simulator.unbuilt.add(`POST /emails with ${lacking}`)
    throw invalid(`The simulator has no \`${lacking}\`.`)
  }
  const mail = readMail(body, simulator.now())
  const recipients = [...mail.to, ...mail.cc, ...mail.bcc]
  demandDomain(key, mail.from)
  if (simulator.strictDomains) {
    refuseReserved(recipients)
    simulator.domains.demandVerified(mail.from, recipients)
  }
  return mail
}

function asSummary(mail: AcceptedMail): ListEmail {
  return {
    id: mail.id,
    message_id: messageIdOf(mail),
    to: [...mail.to],
    from: mail.from,
    created_at: timestamp(mail.acceptedAt),
    subject: mail.subject,
    bcc: emptyAsNull(mail.bcc),
    cc: emptyAsNull(mail.cc),
    reply_to: emptyAsNull(mail.replyTo),
    last_event: mail.state,
    scheduled_at: mail.scheduledAt === null ? null : timestamp(mail.scheduledAt),
  }
}

/** Lists that are empty are null in the list of mails and empty here, as in Resend's examples. */
function asEmail(mail: AcceptedMail): GetEmailResponseSuccess {
  return {
    object: 'email',
    ...asSummary(mail),
    html: mail.html,
    text: mail.text,
    bcc: [...mail.bcc],
    cc: [...mail.cc],
    reply_to: [...mail.replyTo],
    tags: [...mail.tags],
  }
}

function emptyAsNull(list: readonly string[]): string[] | null {
  return list.length > 0 ? [...list] : null
}
