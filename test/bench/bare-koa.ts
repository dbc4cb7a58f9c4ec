import Koa from 'koa'
import readBody from 'raw-body'
import Stripe from 'stripe'

/**
 * What a webhook costs at least: Koa, the raw body, the SDK's `constructEvent`, 200. Nothing is kept. The body is read
 * as text, which the SDK verifies faster than bytes: the harder measure for us.
 *
 * Started with `BENCH_PORT` and `BENCH_SECRET`.
 */
const { BENCH_PORT, BENCH_SECRET = '' } = process.env

const app = new Koa()
app.use(async (ctx) => {
  const body = await readBody(ctx.req, { length: ctx.get('Content-Length'), limit: '1mb', encoding: 'utf-8' })
  Stripe.webhooks.constructEvent(body, ctx.get('Stripe-Signature'), BENCH_SECRET)
  ctx.status = 200
  ctx.body = ''
})
app.listen(Number(BENCH_PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
