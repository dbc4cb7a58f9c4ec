import type { LetterView } from '../../presenters/letter.js'

/** The mails as they were sent, in their plain text: the HTML of a mail brings styles that this page may not load. */
export function Letters({ letters }: { letters: readonly LetterView[] }) {
  return (
    <section aria-labelledby="h-mail">
      <h2 id="h-mail">{letters.length > 1 ? 'The mails as sent' : 'The mail as sent'}</h2>
      {letters.length === 0 ? <p className="muted">No mail was written about this case.</p> : null}
      {letters.map(({ id, to, from, subject, fate, text }) => (
        <article className="letter" key={id} aria-label={subject}>
          <dl>
            <dt>To</dt>
            <dd>{to}</dd>
            <dt>From</dt>
            <dd>{from}</dd>
            <dt>Subject</dt>
            <dd>
              <strong>{subject}</strong>
            </dd>
          </dl>
          <div className="paper">{text}</div>
          <p className="fate">{fate}</p>
        </article>
      ))}
    </section>
  )
}
