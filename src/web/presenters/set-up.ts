/** Where the owner stands on the way in. */
export interface SetUpView {
  readonly done: number
  readonly steps: readonly SetUpStep[]
}

export interface SetUpStep {
  readonly name: string
  readonly isDone: boolean
  /** What it is good for, or what to do. */
  readonly why: string
  /** Of the first step that is not done. */
  readonly action: { readonly label: string; readonly href: string } | null
}

interface Standing {
  readonly firstEventAt: Date | null
  readonly promptsOnAt: Date | null
  /** Of the current connection; `null`: none was asked for yet. */
  readonly diagnostic: 'under way' | 'ended' | null
}

/** @returns `null` once everything is done */
export function presentSetUp({ diagnostic, firstEventAt, promptsOnAt }: Standing): SetUpView | null {
  if (firstEventAt && promptsOnAt && diagnostic === 'ended') return null
  const steps = [
    { name: 'Create the workspace', isDone: true, why: 'Its name stands on every mail.', action: null },
    { name: 'Connect Stripe', isDone: true, why: 'The key was verified, permission by permission.', action: null },
    {
      name: 'Hear from Stripe',
      isDone: firstEventAt !== null,
      why: firstEventAt
        ? 'The first signed event has arrived.'
        : 'Stripe has not sent anything yet. Send a test event, or wait for the next renewal.',
      action: { label: 'Look at the endpoint', href: '/onboarding/stripe' },
    },
    {
      name: 'Size the leak',
      isDone: diagnostic === 'ended',
      why:
        diagnostic === 'ended'
          ? 'The 90-day diagnostic says what failed renewals cost.'
          : diagnostic === 'under way'
            ? 'The 90-day diagnostic reads your renewals from Stripe. It goes on by itself, and can be stopped.'
            : 'The 90-day diagnostic begins by itself in a moment.',
      action: { label: 'See how far it is', href: '/app/diagnostics' },
    },
    {
      name: 'Turn on prompts',
      isDone: promptsOnAt !== null,
      why: promptsOnAt
        ? 'Customers are written to when a renewal fails.'
        : 'Until then nobody is written to. First see which open cases would get which mail.',
      action: { label: 'See what would be sent', href: '/app/settings/prompts' },
    },
  ]
  const next = steps.find(({ isDone }) => !isDone)
  return {
    done: steps.filter(({ isDone }) => isDone).length,
    steps: steps.map((step) => ({ ...step, action: step === next ? step.action : null })),
  }
}
