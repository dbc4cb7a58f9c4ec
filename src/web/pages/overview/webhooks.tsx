import { Fragment } from 'react'
import type { WebhookHealthView } from '../../presenters/webhook-health.js'
import { Glyph } from '../parts/glyph.js'

const GLYPHS = { recovered: 'recovered', attention: 'attention', muted: 'open-0' } as const

/** Whether what happens at Stripe reaches us. */
export function Webhooks({ of: { tone, verdict, days, ends, inWords, facts } }: { of: WebhookHealthView }) {
  const width = 100 / days.length
  return (
    <section className="block" aria-labelledby="h-hooks">
      <div className="section-head">
        <h2 id="h-hooks">Webhooks</h2>
        <a className="end" href="/app/events">
          Events
        </a>
      </div>
      <p className={`state ${tone}`}>
        <Glyph name={GLYPHS[tone]} />
        {verdict}
      </p>
      <svg className="days" role="img" aria-label={inWords} viewBox={`0 0 100 28`} preserveAspectRatio="none">
        {days.map((kind, index) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place.
            key={index}
            className={kind}
            x={index * width}
            y={TOPS[kind]}
            width={width * 0.75}
            height={28 - TOPS[kind]}
          />
        ))}
      </svg>
      <p className="days-ends">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
      <dl className="facts">
        {facts.map(({ name, value, isGrave }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className={isGrave ? 'attention' : undefined}>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  )
}

/** Told apart by height too, not by colour alone. */
const TOPS = { events: 0, gap: 14, quiet: 24 } as const
