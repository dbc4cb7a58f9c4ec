import { render } from './parts/document.js'
import { Door } from './parts/door.js'

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
