import type { Workspace } from '../../../db/models/workspace.js'
import { DIAGNOSTIC_RHYTHMS, type DiagnosticRhythm } from '../../../domain/diagnostic-schedule.js'
import { type ScheduleFaults, WEEKDAYS } from '../../presenters/schedule-form.js'
import { render } from '../parts/document.js'
import { Field } from '../parts/field.js'
import { Glyph } from '../parts/glyph.js'
import { Panel } from '../parts/panel.js'
import type { PanelProps } from '../parts/shell.js'

interface ScheduleProps {
  readonly panel: PanelProps
  readonly workspace: Workspace
  readonly faults: ScheduleFaults
  /** As posted, where it was not taken. */
  readonly typed?: URLSearchParams
}

const RHYTHMS: Readonly<Record<DiagnosticRhythm, string>> = {
  never: 'Only when I ask',
  week: 'Every week',
  month: 'Every month, on the first such day',
}
const HOURS = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)

/** `GET|POST /app/diagnostics/schedule`: when the diagnostic runs by itself, and of what the owner is told. */
export const schedulePage = ({ faults, panel, typed, workspace }: ScheduleProps) => {
  const every = typed?.get('every') ?? workspace.diagnostic_every
  const isTold = typed ? typed.get('tell') === 'yes' : workspace.leak_threshold !== null
  return render(
    <Panel panel={panel} here="diagnostics" title="When the diagnostic runs" moreStyles={['settings', 'diagnostics']}>
      <a className="crumb" href="/app/diagnostics">
        <Glyph name="back" />
        90-day diagnostic
      </a>
      <div className="top">
        <h1>When it runs</h1>
      </div>
      <form className="paste" method="post" action="/app/diagnostics/schedule">
        <fieldset>
          <legend>By itself</legend>
          <div className="choices">
            {DIAGNOSTIC_RHYTHMS.map((rhythm) => (
              <label className="choice" key={rhythm}>
                <input type="radio" name="every" value={rhythm} defaultChecked={rhythm === every} />
                <span>{RHYTHMS[rhythm]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <div className="from-until">
          <Choice
            name="weekday"
            label="Day"
            options={WEEKDAYS}
            // The week begins on Monday.
            order={[1, 2, 3, 4, 5, 6, 0]}
            chosen={typed?.get('weekday') ?? String(workspace.diagnostic_weekday)}
          />
          <Choice
            name="hour"
            label="Hour"
            options={HOURS}
            order={HOURS.map((_, hour) => hour)}
            chosen={typed?.get('hour') ?? String(workspace.diagnostic_hour)}
          />
        </div>
        <fieldset>
          <legend>When the leak grows</legend>
          <label className="choice">
            <input type="checkbox" name="tell" value="yes" defaultChecked={isTold} />
            <span>Mail me when more was lost than in the run before</span>
          </label>
          <Field
            name="threshold"
            label="By more than, in percent"
            hint="Each currency counts by itself."
            inputMode="numeric"
            value={typed?.get('threshold') ?? String(workspace.leak_threshold ?? 25)}
            fault={faults.threshold}
          />
        </fieldset>
        <button className="button primary" type="submit">
          Save
        </button>
      </form>
    </Panel>,
  )
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly options: readonly string[]
  /** Which option comes when. */
  readonly order: readonly number[]
  readonly chosen: string
}

function Choice({ chosen, label, name, options, order }: ChoiceProps) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <select className="input" id={name} name={name} defaultValue={chosen}>
        {order.map((value) => (
          <option key={value} value={value}>
            {options[value]}
          </option>
        ))}
      </select>
    </div>
  )
}
