import type { ChangeView } from '../../presenters/campaign.js'
import { type CampaignForm, fieldsOf } from '../../presenters/campaign-form.js'
import { render } from '../parts/document.js'
import { Glyph } from '../parts/glyph.js'
import { NoProvider, RehearsedMails, RehearsedSkips, RehearsedWaits } from '../parts/rehearsal.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'

export interface CampaignChangePageProps {
  readonly panel: PanelProps
  /** As it was typed: it travels on. */
  readonly form: CampaignForm
  readonly change: ChangeView
}

/** What a change of the campaign would do, before it is saved. */
export function campaignChangePage({ panel, form, change: { changes, effect } }: CampaignChangePageProps): string {
  return render(
    <Settings panel={panel} here="campaign" title="What this changes">
      <div className="columns">
        <div>
          <section aria-labelledby="h-change">
            <div className="section-head">
              <h2 id="h-change">What this changes</h2>
              {effect ? <span className="end num">As of {effect.rehearsal.asOf}</span> : null}
            </div>
            <Comparison
              heads={['', 'As it is', 'With the change']}
              rows={changes.map(({ what, before, after }) => [what, before, after])}
            />
          </section>
          {effect ? <Effect of={effect} /> : <PromptsOff />}
        </div>
        <div>
          <h2>Nothing is saved yet</h2>
          <p className="prose">
            Saved, it holds at once for every mail that is not on its way yet, also about cases that are open already.
          </p>
          <form className="buttons spaced" method="post" action="/app/settings/campaign">
            {fieldsOf(form).map(([name, value]) => (
              <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
            ))}
            <button className="button primary" type="submit" name="do" value="save">
              Save
            </button>
            <button className="button" type="submit" name="do" value="edit">
              Change it again
            </button>
            <a className="button quiet" href="/app/settings/campaign">
              Leave it as it is
            </a>
          </form>
        </div>
      </div>
    </Settings>,
  )
}

function Effect({ of: { rehearsal, times } }: { of: NonNullable<ChangeView['effect']> }) {
  return (
    <>
      <section className="after" aria-labelledby="h-times">
        <h2 id="h-times">Mails, unless it is paid first</h2>
        <Comparison
          heads={['', 'As it is', 'With the change']}
          rows={times.map(({ when, before, after }) => [when, before, after])}
        />
      </section>
      {rehearsal.mails.length > 0 ? (
        <section className="after" aria-labelledby="h-now">
          <h2 id="h-now">What would go out now, in these words</h2>
          {rehearsal.hasProvider ? null : <NoProvider what="As it is" />}
          <RehearsedMails of={rehearsal} />
        </section>
      ) : null}
      <RehearsedSkips of={rehearsal} />
      <RehearsedWaits of={rehearsal} />
    </>
  )
}

const PromptsOff = () => (
  <div className="notice open spaced">
    <Glyph name="open-0" />
    <p>
      <strong>Prompts are off.</strong> The change sends nothing by itself; it holds from when you turn them on.{' '}
      <a href="/app/settings/prompts">See what would go out then</a>
    </p>
  </div>
)

type Cells = readonly [what: string, before: string, after: string]

/** A row whose two sides differ stands out. */
function Comparison({ heads, rows }: { heads: Cells; rows: readonly Cells[] }) {
  const [what, before, after] = heads
  return (
    <table className="list comparison">
      <thead>
        <tr>
          <th scope="col">{what || <span className="sr">What</span>}</th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, one, other]) => (
          <tr key={name} className={one === other ? 'same' : undefined}>
            <th scope="row">{name}</th>
            <td data-head={before}>{one}</td>
            <td data-head={after}>{other}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
