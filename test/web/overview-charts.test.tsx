import { expect, it } from '@jest/globals'
import { renderToStaticMarkup } from 'react-dom/server'
import { Charts } from '../../src/web/pages/overview/charts.js'
import { presentCharts } from '../../src/web/presenters/overview-charts.js'
import { viewOf } from '../../src/web/presenters/view.js'

const NOW = new Date('2026-11-22T14:00:00Z')
const VIEW = viewOf({ time_zone: 'Europe/Berlin', prompts_on_at: null }, NOW)

function chartsOf(...currencies: string[]): string {
  const days = currencies.map((currency) => ({ currency, day: '2026-11-02', exposed: 10_000, recovered: 2_000 }))
  const period = { from: new Date('2026-10-23T14:00:00Z'), until: NOW }
  return renderToStaticMarkup(<Charts of={presentCharts(days, currencies, period, 'Europe/Berlin', VIEW)} />)
}

it('shows two currencies, and folds the others away under their names', () => {
  const html = chartsOf('usd', 'eur', 'gbp', 'isk')
  const [inSight = '', folded = ''] = html.split('<summary>GBP, ISK too</summary>')
  expect(inSight.match(/<figure/g)).toHaveLength(2)
  expect(folded.match(/<figure/g)).toHaveLength(2)
  expect(chartsOf('usd', 'eur')).not.toContain(' too</summary>')
})
