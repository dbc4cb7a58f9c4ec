import { type Html, html } from '../../html.js'
import { TEST_CARDS } from '../billing/test-cards.js'

const BRANDS: Readonly<Record<string, string>> = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express' }

export interface CardForm {
  readonly action: string
  readonly button: string
  /** Something else on the page is the thing to do first. */
  readonly second?: boolean
  readonly error?: string | undefined
}

/** Choice of a test card: plain radio buttons and one button, no script. */
export function cardForm({ action, button, error, second }: CardForm): Html {
  return html`<form method="post" action="${action}" class="panel">
<fieldset><legend>Choose a test card</legend>
${TEST_CARDS.map(
  (card, index) =>
    html`<label class="card"><input type="radio" name="card" value="${card.number}" required${
      index === 0 ? html` checked` : ''
    }><span>${BRANDS[card.brand]} ${card.number.replace(/(\d{4})(?=\d)/g, '$1 ')}</span><small>${card.says}</small></label>`,
)}
</fieldset>
${error && html`<p class="error" role="alert">${error}</p>`}
<button class="big ${second && 'second'}">${button}</button></form>`
}

export function describeCard(card: { brand: string; last4: string; exp_month: number; exp_year: number }): string {
  return `${BRANDS[card.brand] ?? card.brand} ending in ${card.last4}, expires ${card.exp_month}/${card.exp_year}`
}
