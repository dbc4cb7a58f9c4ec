import { Account } from '../account.js'
import { PortalSessions } from '../portal-sessions.js'
import { WebhookSender } from '../webhooks/sender.js'
import { StripeApiError } from './errors.js'
import type { ApiContext } from './route.js'

/** The account as a key of the other mode finds it: the same one, and empty. */
export class OtherMode {
  readonly #here: ApiContext
  #context: ApiContext | undefined

  constructor(here: ApiContext) {
    this.#here = here
  }

  get context(): ApiContext {
    if (!this.#context) {
      const { account } = this.#here
      const other = new Account({
        ...account.settings,
        id: account.id,
        seed: account.seed,
        name: account.name,
        country: account.country,
        livemode: !account.livemode,
        clock: { manual: true, now: () => account.clock.now() },
      })
      this.#context = { account: other, sessions: new PortalSessions(other), webhooks: new WebhookSender(other) }
    }
    return this.#context
  }

  /** What is missing there and exists here is said to. */
  explained(error: unknown): unknown {
    if (!(error instanceof StripeApiError) || error.error.code !== 'resource_missing') return error
    const { livemode, store } = this.#here.account
    const id = /'([^']*)'$/.exec(error.message)?.[1]
    if (id === undefined || !store.find(id)) return error
    const [here, there] = livemode ? ['live', 'test'] : ['test', 'live']
    const message = `${error.message}; a similar object exists in ${here} mode, but a ${there} mode key was used to make this request.`
    return new StripeApiError(error.status, { ...error.error, message })
  }
}
