import type { CaseListView } from '../presenters/case-list.js'
import type { CaseRowView } from '../presenters/case-row.js'
import { counted } from '../presenters/words.js'
import { Glyph } from './parts/glyph.js'
import { Money } from './parts/money.js'
import { NeedsHuman } from './parts/needs-human.js'
import { State } from './parts/state.js'

export interface CasesView {
  readonly list: CaseListView
  readonly promptsOn: boolean
  /** Open cases whose customers nobody has written to. */
  readonly unwritten: number
}

/** A view of the cases, searched and sorted, a page at a time. */
export function Cases({ of: { list, promptsOn, unwritten } }: { of: CasesView }) {
  return (
    <>
      <div className="top">
        <h1>Cases</h1>
        {list.rows.length > 0 ? (
          <a className="end button" href={list.csvHref} download>
            Download CSV
          </a>
        ) : null}
      </div>
      {promptsOn ? null : <PromptsOff unwritten={unwritten} />}
      <NeedsHuman of={list.ofConnection} />
      <Views tabs={list.tabs} />
      <Filters list={list} />
      {list.rows.length === 0 ? <p className="empty">{list.empty}</p> : <Table rows={list.rows} />}
      <Foot list={list} />
    </>
  )
}

function PromptsOff({ unwritten }: Pick<CasesView, 'unwritten'>) {
  const are = unwritten === 1 ? 'is' : 'are'
  const customers = unwritten === 1 ? 'this customer' : 'these customers'
  return (
    <div className="notice open">
      <Glyph name="open-0" />
      <p>
        <strong>Prompts are off.</strong>{' '}
        {unwritten === 0
          ? 'Nobody is written to.'
          : `${counted(unwritten, 'renewal')} ${are} unpaid and nobody has written to ${customers}.`}{' '}
        <a href="/app/settings/prompts">{unwritten === 0 ? 'Turn them on' : 'See what each would get'}</a>
      </p>
    </div>
  )
}

function Views({ tabs }: Pick<CaseListView, 'tabs'>) {
  return (
    <nav className="views" aria-label="Saved views">
      <ul className="tabs">
        {tabs.map(({ label, href, count, isHere }) => (
          <li key={label}>
            <a href={href} {...(isHere ? { 'aria-current': 'true' } : {})}>
              {label}
              {count === null ? null : <span className="count">{count}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Filters({ list }: { list: CaseListView }) {
  const { view, search, currencies, orders, clearHref } = list
  return (
    <form className="filters" action="/app/cases">
      {view === 'all' ? null : <input type="hidden" name="view" value={view} />}
      <div className="search">
        <label className="sr" htmlFor="q">
          Search cases: a name, mail address or invoice number begins with, or a Stripe id
        </label>
        <Glyph name="search" />
        <input
          className="input"
          id="q"
          name="q"
          type="search"
          maxLength={100}
          defaultValue={search}
          placeholder="Name, mail or invoice begins with"
        />
      </div>
      {currencies.length > 0 ? (
        <Choice name="currency" label="Currency" choices={currencies} any="Any currency" />
      ) : null}
      <Choice name="order" label="Order" choices={orders} />
      <button className="button" type="submit">
        Search
      </button>
      {clearHref ? (
        <a className="clear" href={clearHref}>
          Clear
        </a>
      ) : null}
    </form>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly choices: CaseListView['orders']
  /** What no choice is called. */
  readonly any?: string
}

function Choice({ name, label, choices, any }: ChoiceProps) {
  return (
    <span className="select">
      <label className="sr" htmlFor={name}>
        {label}
      </label>
      <select
        className="input"
        id={name}
        name={name}
        defaultValue={choices.find(({ isChosen }) => isChosen)?.value ?? ''}
      >
        {any ? <option value="">{any}</option> : null}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Glyph name="chevron" />
    </span>
  )
}

function Table({ rows }: Pick<CaseListView, 'rows'>) {
  return (
    <table className="list cases">
      <thead>
        <tr>
          <th scope="col">Customer</th>
          <th scope="col">State</th>
          <th scope="col">Next step, or how it ended</th>
          <th scope="col">Decline</th>
          <th scope="col" className="amount">
            Exposed
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line key={row.href} of={row} />
        ))}
      </tbody>
    </table>
  )
}

function Line({ of: { href, customer, plan, state, next, action, decline, exposed } }: { of: CaseRowView }) {
  return (
    <tr>
      <td>
        <a className="name" href={href}>
          {customer}
        </a>
        {plan ? <span className="second">{plan}</span> : null}
      </td>
      <td className="said">
        <State of={state} />
      </td>
      <td className="next">
        {next.text ? <span className="first">{next.text}</span> : null}
        {next.second ? <span className="second">{next.second}</span> : null}
        {action ? (
          <a href={action.href} rel="noreferrer">
            {action.label}
            <span className="sr"> for {customer}</span>
          </a>
        ) : null}
      </td>
      <td className="declined">
        <span className="first">{decline.words}</span>
        {decline.code ? <code className="second">{decline.code}</code> : null}
      </td>
      <td className="amount">
        <Money of={exposed} />
      </td>
    </tr>
  )
}

function Foot({ list: { rows, extent, earlier, later } }: { list: CaseListView }) {
  return (
    <div className="list-foot">
      {rows.length > 0 ? <p className="num">{extent}</p> : null}
      {earlier || later ? (
        <nav className="pages" aria-label="Pages">
          {earlier ? (
            <a className="button" href={earlier.href}>
              {earlier.label}
            </a>
          ) : null}
          {later ? (
            <a className="button" href={later.href}>
              {later.label}
            </a>
          ) : null}
        </nav>
      ) : null}
    </div>
  )
}
