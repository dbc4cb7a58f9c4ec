import { expect, it } from '@jest/globals'
import { percent } from '../../../src/web/presenters/percent.js'

it('calls nothing 0% and all of it 100%, and nothing else', () => {
  expect(percent(0, 1_284_000)).toBe('0%')
  expect(percent(1, 1_284_000)).toBe('under 1%')
  expect(percent(678_000, 1_284_000)).toBe('53%')
  expect(percent(1_283_999, 1_284_000)).toBe('99%')
  expect(percent(1_284_000, 1_284_000)).toBe('100%')
  expect(percent(0, 0)).toBe('0%')
})
