import { Fragment } from 'react'
import type { InstallationView } from '../presenters/installation.js'
import { Document, render } from './parts/document.js'
import { Glyph } from './parts/glyph.js'

const HEADS = ['Queue', 'Workers', 'Waiting', 'Longest', 'Running', 'Planned', 'Failed'] as const

/** `GET /jobs/installation`: what runs, what waits and how long, for platform operators. */
export function installationPage({ state, queues, waiting, facts }: InstallationView): string {
  return render(
    <Document title="Installation · SecondLoop" styles="panel" moreStyles={['overview']} mark>
      <main className="main installation">
        <header className="top">
          <h1>Installation</h1>
          <nav className="end" aria-label="Elsewhere">
            <a href="/jobs">Jobs</a>
            <a href="/app">Panel</a>
          </nav>
        </header>
        <p className={`state ${state.tone}`}>
          <Glyph name={state.glyph} />
          {state.words}
        </p>
        <div className="columns">
          <section aria-labelledby="h-queues">
            <h2 id="h-queues">Queues</h2>
            {queues ? <Queues queues={queues} /> : <p className="muted">They do not answer.</p>}
          </section>
          <section aria-labelledby="h-waits">
            <h2 id="h-waits">What is due, and since when</h2>
            <table className="list waits">
              <thead>
                <tr>
                  <th scope="col">Work</th>
                  <th scope="col" className="amount">
                    Due
                  </th>
                  <th scope="col" className="amount">
                    Longest
                  </th>
                </tr>
              </thead>
              <tbody>
                {waiting.map(({ what, count, since, isLate }) => (
                  <tr key={what}>
                    <th scope="row">
                      {what}
                      {isLate ? <Late /> : null}
                    </th>
                    <td className="amount num">{count}</td>
                    <td className="amount num">{since}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
        <section className="after" aria-labelledby="h-facts">
          <h2 id="h-facts">Versions</h2>
          <dl className="facts">
            {facts.map(({ name, value }) => (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      </main>
    </Document>,
  )
}

function Queues({ queues }: { queues: NonNullable<InstallationView['queues']> }) {
  return (
    <table className="list queues">
      <thead>
        <tr>
          {HEADS.map((head, index) => (
            <th scope="col" key={head} className={index > 0 ? 'amount' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {queues.map(({ name, needsLook, workers, waiting, oldest, active, delayed, failed }) => (
          <tr key={name}>
            <th scope="row">
              <a href={`/jobs/queue/${name}`}>{name}</a>
              {needsLook ? <Late /> : null}
            </th>
            {Object.entries({ workers, waiting, oldest, active, delayed, failed }).map(([column, value], index) => (
              <td key={column} className="amount num" data-label={HEADS[index + 1]}>
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Late() {
  return (
    <>
      {' '}
      <Glyph name="attention" tone="attention" />
      <span className="sr">needs a look</span>
    </>
  )
}
