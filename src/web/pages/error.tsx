import { render } from './parts/document.js'
import { Door } from './parts/door.js'
import { SignOut } from './parts/sign-out.js'

export interface ErrorPageProps {
  readonly status: number
  readonly title: string
  /** What happened, and what it means for the money. */
  readonly what: string
  /** What to do. */
  readonly next: string
  /** Where the owner goes on; a customer has nowhere to go. */
  readonly home?: { readonly href: string; readonly name: string } | undefined
}

/** Without our name: a customer with a broken link sees it too. */
export function errorPage({ status, title, what, next, home }: ErrorPageProps): string {
  return render(
    <Door title={title} from={null}>
      <p>{what}</p>
      <p>{next}</p>
      {home ? (
        <p>
          <a href={home.href}>{home.name}</a>
        </p>
      ) : null}
      <p className="muted fine num">Status {status}</p>
    </Door>,
  )
}

const LOCKED = {
  workspace: {
    title: 'There is no workspace yet',
    what: 'Your cases appear here as soon as your workspace exists and Stripe has confirmed its key.',
    before: 'Create it with ',
    after: ', on the machine that SecondLoop runs on.',
  },
  stripe: {
    title: 'Stripe has not confirmed the key yet',
    what: 'Your key is stored, but Stripe did not answer when it was checked. Your cases open as soon as it does.',
    before: 'To try again, run ',
    after:
      ' once more with the same settings while Stripe answers. Your workspace and its webhook URL stay as they are.',
  },
} as const

/** `/app` stays locked until the workspace exists and Stripe is verified. */
export function lockedPage({ missing }: { missing: keyof typeof LOCKED }): string {
  const { title, what, before, after } = LOCKED[missing]
  return render(
    <Door title={title} from="product">
      <p>{what}</p>
      <p>
        {before}
        <code>npm run workspace:create</code>
        {after}
      </p>
      <div className="fine">
        <SignOut />
      </div>
    </Door>,
  )
}
