import { describe, expect } from '@jest/globals'
import { findGaps } from '../../src/diagnostics/find-gaps.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aMailedCase } from '../support/crash-world.js'

const HOUR = 3_600_000

describe('a process that is killed at any moment leaves what an undisturbed one leaves', () => {
  itSurvivesEveryCrash([
    crashScenario({
      name: 'finding events that no webhook brought',
      async arrange(world) {
        const { invoice } = await aMailedCase(world)
        world.stripe.pay(invoice.id)
        world.stripe.failRenewal()
        world.news() // Lost.
        world.advance(HOUR)
      },
      run: (context, _, { workspace }) => findGaps(context, { workspaceId: workspace.id }),
      expects({ stored, mails }) {
        expect(stored.recovery_cases).toMatchObject([{ outcome: 'recovered' }, { outcome: null }])
        expect(mails).toHaveLength(2)
      },
      // A run that died and the one after it are two; what they found is the same. Which of several events closed a case
      // depends on their order, and the sweep has another; what came of them all does not.
      matters: ({ stored: { event_checks = [], stripe_events = [], ...stored }, ...picture }) => ({
        ...picture,
        stored,
        events: stripe_events.map(({ detail, outcome, ...event }) => event),
        missing: event_checks.reduce((sum, { events_missing }) => sum + Number(events_missing), 0),
      }),
    }),
  ])
})
