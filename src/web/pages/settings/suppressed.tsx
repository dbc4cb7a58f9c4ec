import type { SaidView } from '../../presenters/said.js'
import { BEFORE_ALLOWING, type SuppressionsView, type SuppressionView } from '../../presenters/suppressions.js'
import { counted } from '../../presenters/words.js'
import { render } from '../parts/document.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'

const HERE = '/app/settings/suppressed'

export interface SuppressedPageProps {
  readonly panel: PanelProps
  readonly list: SuppressionsView
  /** It is not the first page. */
  readonly isLater: boolean
  readonly said: SaidView | null
}

/** `GET /app/settings/suppressed`: who is not written to, and how to allow it again. */
export const suppressedPage = ({ panel, list: { suppressions, next, total }, isLater, said }: SuppressedPageProps) =>
  render(
    <Settings panel={panel} here="suppressed" said={said}>
      {total === 0 ? (
        <p className="empty">
          Every address may be written to. One that takes no mail, or whose owner complains, is listed here by itself.
        </p>
      ) : (
        <section aria-labelledby="h-suppressed">
          <div className="section-head">
            <h2 id="h-suppressed">{counted(total, 'address', 'addresses')} that nobody writes to</h2>
          </div>
          <p className="prose muted">
            A mail there came back or was complained about. Open cases say so, and the customer has to be reached
            another way.
          </p>
          <ul className="lines suppressed">
            {suppressions.map((suppression) => (
              <Line key={suppression.id} of={suppression} />
            ))}
          </ul>
          {isLater || next ? (
            <nav className="pager" aria-label="Pages">
              {isLater ? <a href={HERE}>Newest</a> : null}
              {next ? <a href={`${HERE}?after=${encodeURIComponent(next)}`}>Older</a> : null}
            </nav>
          ) : null}
        </section>
      )}
    </Settings>,
  )

function Line({ of: { id, address, why, at, exact, age } }: { of: SuppressionView }) {
  return (
    <li>
      <div>
        <p className="address">{address}</p>
        <p className="why">
          {why}{' '}
          <time dateTime={at} title={exact}>
            {age} ago
          </time>
        </p>
      </div>
      <details name="allow">
        <summary className="button">
          Allow again…<span className="sr"> {address}</span>
        </summary>
        <div className="surely">
          <p>{BEFORE_ALLOWING}</p>
          <form method="post" action={`${HERE}/${id}/allow`}>
            <button className="button" type="submit">
              Allow {address}
            </button>
          </form>
        </div>
      </details>
    </li>
  )
}
