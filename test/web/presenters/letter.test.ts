import { expect, it } from '@jest/globals'
import { plainTextOf } from '../../../emails/plain-text.js'
import { unquoted, unwrapped } from '../../../src/web/presenters/letter.js'

const WORDS = Array.from({ length: 60 }, (_, index) => 'a'.repeat(1 + (index % 9)))
const action = { label: 'Change the card', link: `https://app.example/r/${'x'.repeat(60)}` }

const text = plainTextOf({
  language: 'en',
  subject: '',
  preview: '',
  from: '',
  opening: [[WORDS.join(' ')]],
  items: [{ title: 'Pro annual', amount: '$1,490.00', reason: WORDS.toReversed().join(' '), action }],
  action: null,
  closing: [['Maya, Fernhill']],
  smallPrint: { html: '', text: WORDS.join(' ') },
  stops: [],
})

it('undoes the breaks that only the width made, and no other', () => {
  expect(text.split('\n').every((line) => line.length <= 72 || line.startsWith('https:'))).toBe(true)
  expect(unwrapped(text).split('\n')).toEqual([
    WORDS.join(' '),
    '',
    'Pro annual, $1,490.00',
    WORDS.toReversed().join(' '),
    'Change the card:',
    action.link,
    '',
    'Maya, Fernhill',
    '',
    '--',
    WORDS.join(' '),
    '',
  ])
})

it('shows a sender’s name without what mail programs want around it', () => {
  expect(unquoted('"Maya \\"M\\", Fernhill" <mail@fernhill.example>')).toBe(
    'Maya "M", Fernhill <mail@fernhill.example>',
  )
  expect(unquoted('mail@fernhill.example')).toBe('mail@fernhill.example')
})
