import type { ReactNode } from 'react'
import type { MailVariant } from '../../../domain/decline.js'
import { DIGEST_FREQUENCIES, type DigestFrequency } from '../../../domain/digest.js'
import { CLASSES, clockInWords, type DigestView } from '../../presenters/campaign.js'
import type { CampaignFaults, CampaignForm } from '../../presenters/campaign-form.js'
import type { SaidView } from '../../presenters/said.js'
import { render } from '../parts/document.js'
import { Field } from '../parts/field.js'
import { Glyph } from '../parts/glyph.js'
import { Plan, to } from '../parts/plan.js'
import { Settings } from '../parts/settings.js'
import type { PanelProps } from '../parts/shell.js'

const ACTION = '/app/settings/campaign'

export interface CampaignPageProps {
  readonly panel: PanelProps
  /** As it holds, or as it was typed. */
  readonly form: CampaignForm
  readonly faults?: CampaignFaults
  /** "Berlin time" */
  readonly zone: string
  readonly digest: DigestView
  readonly said: SaidView | null
}

/** `GET|POST /app/settings/campaign`: the whole plan is one form, so that what it changes can be looked at before. */
export function campaignPage({ panel, form, faults, zone, digest, said }: CampaignPageProps): string {
  const faultsOf = (plan: keyof CampaignForm['plans']) => faults?.lines[plan] ?? {}
  return render(
    <Settings panel={panel} here="campaign" said={said}>
      <form className="columns" method="post" action={ACTION}>
        <div>
          {/* Enter in a field presses the first button there is. */}
          <button className="sr" type="submit" name="do" value="look" tabIndex={-1} aria-hidden="true">
            Look at what this changes
          </button>
          <section id="plan-every" aria-labelledby="h-every">
            <div className="section-head">
              <h2 id="h-every">The plan for all</h2>
              <MoreLines plan="every" />
            </div>
            <Plan plan="every" name="The plan for all" lines={form.plans.every ?? []} faults={faultsOf('every')} />
          </section>
          {(Object.keys(CLASSES) as MailVariant[]).map((plan) => (
            <ClassPlan key={plan} plan={plan} lines={form.plans[plan]} faults={faultsOf(plan)} />
          ))}
        </div>
        <div>
          <Hours form={form} fault={faults?.hours} zone={zone} />
          <section className="after" aria-labelledby="h-gap">
            <h2 id="h-gap">To one customer</h2>
            <Field
              name="gap"
              label="Hours between two mails, at least"
              className="input short"
              inputMode="numeric"
              autoComplete="off"
              maxLength={8}
              required
              value={form.gapHours}
              hint="A first mail never waits for it: it joins what else goes to the customer."
              fault={faults?.gapHours}
            />
            <label className="choice spaced">
              <input type="checkbox" name="thanks" defaultChecked={form.thankYou} />
              <span>
                Thank customers who paid after a mail of ours
                <span className="hint">One short mail, within the hours for reminders.</span>
              </span>
            </label>
          </section>
          <div className="after">
            <button className="button primary" type="submit" name="do" value="look">
              Look at what this changes
            </button>
            <p className="hint spaced">Nothing changes before you have seen that and saved it.</p>
          </div>
          <Digest of={digest} zone={zone} />
        </div>
      </form>
      <form id="digest" method="post" action={`${ACTION}/digest`} />
    </Settings>,
  )
}

/** Keeps what is typed, and shows one empty line more. */
const MoreLines = ({ plan }: { plan: keyof CampaignForm['plans'] }) => (
  <button className="button quiet" type="submit" name="do" value="more" formAction={to(plan)}>
    Add a line
  </button>
)

interface ClassPlanProps {
  readonly plan: MailVariant
  readonly lines: CampaignForm['plans'][MailVariant]
  readonly faults: Readonly<Record<number, string>>
}

function ClassPlan({ plan, lines, faults }: ClassPlanProps) {
  const { name, what } = CLASSES[plan]
  return (
    <section className="after" id={`plan-${plan}`} aria-labelledby={`h-${plan}`}>
      <div className="section-head">
        <h2 id={`h-${plan}`}>{name}</h2>
        {lines ? <MoreLines plan={plan} /> : null}
      </div>
      {lines ? (
        <>
          <input type="hidden" name="own" value={plan} />
          <p className="muted">{what}</p>
          <Plan plan={plan} name={`The plan for: ${name}`} lines={lines} faults={faults} />
          <Turn does={`follow.${plan}`} plan={plan}>
            Follow the plan for all again
          </Turn>
        </>
      ) : (
        <div className="as-for-all">
          <p>
            <span className="muted">{what}</span> As for all.
          </p>
          <Turn does={`own.${plan}`} plan={plan}>
            Make its own plan
          </Turn>
        </div>
      )}
    </section>
  )
}

function Turn({ does, plan, children }: { does: string; plan: MailVariant; children: ReactNode }) {
  return (
    <button className="button" type="submit" name="do" value={does} formAction={to(plan)}>
      {children}
      <span className="sr"> for {CLASSES[plan].name}</span>
    </button>
  )
}

const HALF_HOUR = 30
const HALF_HOURS = Array.from({ length: 49 }, (_, index) => index * HALF_HOUR)

function Hours({ form, fault, zone }: { form: CampaignForm; fault: string | undefined; zone: string }) {
  return (
    <fieldset {...(fault ? { 'aria-describedby': 'hours-fault' } : {})}>
      <legend>When reminders go out</legend>
      <div className="from-until">
        <Clock name="from" label="From" value={form.from} isFaulty={fault !== undefined} />
        <Clock name="until" label="Until" value={form.until} isFaulty={fault !== undefined} />
      </div>
      {fault ? (
        <p className="fault" id="hours-fault">
          <Glyph name="lost" />
          <span>{fault}</span>
        </p>
      ) : null}
      <label className="choice spaced">
        <input type="checkbox" name="weekends" defaultChecked={form.onWeekends} />
        <span>Also on Saturdays and Sundays</span>
      </label>
      <p className="hint spaced">
        {zone}, as the workspace has it. A first mail goes at any hour: it has five minutes.
      </p>
    </fieldset>
  )
}

function Clock({ name, label, value, isFaulty }: { name: string; label: string; value: string; isFaulty: boolean }) {
  const minutes = /^\d{1,4}$/.test(value) ? Number(value) : 0
  const options = [...new Set([...HALF_HOURS, minutes])].filter((each) => each <= 1440).toSorted((a, b) => a - b)
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <select
        className="input"
        id={name}
        name={name}
        defaultValue={String(minutes)}
        {...(isFaulty ? { 'aria-invalid': true } : {})}
      >
        {options.map((minute) => (
          <option key={minute} value={minute}>
            {clockInWords(minute)}
          </option>
        ))}
      </select>
    </div>
  )
}

const FREQUENCIES: Readonly<Record<DigestFrequency, string>> = {
  off: 'Never',
  daily: 'Every morning',
  weekly: 'Every Monday',
}

/** A form of its own: it changes no mail to a customer, so there is nothing to look at before. */
function Digest({ of: { frequency, next, stopped }, zone }: { of: DigestView; zone: string }) {
  return (
    <fieldset className="after" form="digest">
      <legend>Your digest</legend>
      <p className="prose">
        One mail to you: what failed and what came back, what is still open, what stalled, and what needs you. At eight,{' '}
        {zone}; none when there is nothing to say.
      </p>
      <div className="choices spaced">
        {DIGEST_FREQUENCIES.map((each) => (
          <label className="choice" key={each}>
            <input type="radio" form="digest" name="digest" value={each} defaultChecked={each === frequency} />
            {FREQUENCIES[each]}
          </label>
        ))}
      </div>
      {stopped ? (
        <p className="fault">
          <Glyph name="attention" />
          <span>{stopped}</span>
        </p>
      ) : null}
      {next ? <p className="hint spaced">Next: {next}.</p> : null}
      <button className="button spaced" type="submit" form="digest">
        Save the digest
      </button>
    </fieldset>
  )
}
