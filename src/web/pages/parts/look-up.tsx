import { type SyntheticEvent, useRef, useState } from 'react'

/** Something that bears what was typed. */
export interface Found {
  readonly href: string
  readonly what: string
  readonly about: string
}

/** Finds by the beginning of a name or address, or by a number. */
export type Find = (typed: string) => Promise<readonly Found[]>

const PAUSE_MS = 200

/** Leads to a case by its customer, mail address or invoice. Without a script it opens the list. */
export function LookUp({ find }: { find?: Find | undefined }) {
  const [found, setFound] = useState<readonly Found[] | null>(null)
  const last = useRef(0)

  async function look(event: SyntheticEvent) {
    const { value } = event.currentTarget as unknown as { readonly value: string }
    last.current += 1
    const mine = last.current
    if (!find || value.trim().length < 2) return setFound(null)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    if (mine !== last.current) return
    // The list that the form opens says what went wrong.
    const answer = await find(value).catch(() => null)
    if (mine === last.current) setFound(answer)
  }

  return (
    <search className="look-up">
      <form method="get" action="/app/cases">
        <label className="sr" htmlFor="look-up">
          Find a customer, mail address or invoice
        </label>
        <input
          className="input"
          id="look-up"
          type="search"
          name="q"
          placeholder="Find a customer"
          autoComplete="off"
          maxLength={200}
          {...(find ? { onInput: look } : {})}
        />
      </form>
      <div className="found" aria-live="polite">
        {found?.length === 0 ? <p>Nothing begins like this.</p> : null}
        {found && found.length > 0 ? (
          <ul>
            {found.map(({ href, what, about }) => (
              <li key={href + what}>
                <a href={href}>
                  <span>{what}</span>
                  <span className="muted">{about}</span>
                </a>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </search>
  )
}
