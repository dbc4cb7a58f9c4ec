import type { ConfirmationState, Confirmed } from '../../accounts/confirm-address.js'
import { render } from './parts/document.js'
import { Door } from './parts/door.js'

interface ConfirmAddressProps {
  readonly token: string
  readonly state: ConfirmationState | Confirmed
}

const OVER = {
  used: ['This link has already been used', 'Each link says yes once. Nothing more is to be done.'],
  expired: ['This link has expired', 'A link works for a day. Whoever asked for it can send a new one.'],
  unknown: [
    'This link does not work',
    'It may have been cut off on its way, or a newer one was sent. Copy all of it into the address bar.',
  ],
  taken: ['This address is in use', 'Another owner signs in with it. Nothing was changed.'],
} as const

/** Says what the yes is for, and shows the address: whoever has the link reads that mailbox. */
export function confirmAddressPage({ token, state }: ConfirmAddressProps): string {
  if (state.kind === 'valid') {
    const isReply = state.purpose === 'reply_to'
    return render(
      <Door title={isReply ? 'Take replies here' : 'Sign in with this address'} from="product">
        <p>
          {isReply ? 'Replies of customers will come to ' : 'From now on the workspace is opened with '}
          <strong>{state.email}</strong>.
        </p>
        <form method="post" action="/confirm-address">
          <input type="hidden" name="token" value={token} />
          <button className="button primary large" type="submit">
            {isReply ? 'Take replies here' : 'Use this address'}
          </button>
        </form>
        <p className="muted fine">Not yours to decide? Close this page: nothing changes.</p>
      </Door>,
    )
  }
  if (state.kind === 'confirmed') {
    return render(
      <Door title="Confirmed" from="product">
        <p>
          <strong>{state.email}</strong>{' '}
          {state.purpose === 'reply_to' ? 'takes the replies of customers from now on.' : 'signs in from now on.'}
        </p>
        <p className="muted fine">
          <a href="/app">To the panel</a>
        </p>
      </Door>,
    )
  }
  const [title, words] = OVER[state.kind]
  return render(
    <Door title={title} from="product">
      <p className="muted">{words}</p>
    </Door>,
  )
}
