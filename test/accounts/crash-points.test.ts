import { describe, expect } from '@jest/globals'
import { askToConfirm } from '../../src/accounts/ask-to-confirm.js'
import { changeOwnerAddress } from '../../src/accounts/change-owner-address.js'
import { checkSenderNow } from '../../src/accounts/check-senders.js'
import { confirmAddress } from '../../src/accounts/confirm-address.js'
import { connectSender } from '../../src/accounts/connect-sender.js'
import { connectStripe } from '../../src/accounts/connect-stripe.js'
import { createWorkspace } from '../../src/accounts/create-workspace.js'
import { deleteWorkspace } from '../../src/accounts/delete-workspace.js'
import { disconnectStripe } from '../../src/accounts/disconnect-stripe.js'
import { rewrapSecrets } from '../../src/accounts/rewrap-secrets.js'
import { setUpWebhook } from '../../src/accounts/set-up-webhook.js'
import { addSigningSecret } from '../../src/accounts/signing-secrets.js'
import { tellOwners } from '../../src/accounts/tell-owners.js'
import { connectionOf } from '../../src/context.js'
import { deliverTouches } from '../../src/recovery/deliver-touches.js'
import { createCipher } from '../../src/secrets/cipher.js'
import { crashScenario, itSurvivesEveryCrash } from '../support/crash-points.js'
import { aCase, aMailedCase, type CrashWorld, SECRET_KEYS } from '../support/crash-world.js'
import type { WholePicture } from '../support/whole-picture.js'

const AFTER = createCipher([SECRET_KEYS[1], SECRET_KEYS[0]])

async function anOwnSender({ context, mail, workspace }: CrashWorld) {
  const apiKey = mail.addKey()
  mail.addDomain('fernhill.example')
  await connectSender(context, { workspaceId: workspace.id, apiKey, fromAddress: 'billing@fernhill.example' })
  return apiKey
}

/** Resend does not know its key any more. */
async function aRefusedSender(world: CrashWorld) {
  world.mail.keys.delete(await anOwnSender(world))
}

/** One case with a mail, one with a touch that is due. */
async function someCases(world: CrashWorld) {
  await aMailedCase(world)
  await aCase(world)
}

const stripe = [
  crashScenario({
    name: 'connecting Stripe with a key and a signing secret',
    arrange: async ({ stripe }) => stripe.addKey(),
    run: (context, key, { workspace }) =>
      connectStripe(context, { workspaceId: workspace.id, key, signingSecret: 'whsec_abcd1234' }),
    isAskedAgain: true,
    expects({ stored }) {
      expect(stored.stripe_connections).toMatchObject([{ verified_at: 'a time', replaced_at: null }])
      expect(stored.signing_secrets).toMatchObject([{ last4: '1234' }])
    },
  }),
  crashScenario({
    name: 'connecting another account',
    async arrange(world) {
      await someCases(world)
      const { context, stripe, workspace } = world
      await context
        .db('stripe_connections')
        .where({ workspace_id: workspace.id })
        .update({ stripe_account_id: 'acct_another', verified_at: null })
      return stripe.addKey()
    },
    run: (context, key, { workspace }) => connectStripe(context, { workspaceId: workspace.id, key }),
    isAskedAgain: true,
    expects({ stored, mails }) {
      expect(stored.stripe_connections).toHaveLength(2)
      expect(stored.recovery_cases).toMatchObject([{ outcome: 'dismissed' }, { outcome: 'dismissed' }])
      expect(mails).toHaveLength(1)
    },
  }),
  crashScenario({
    name: 'setting up the webhook',
    arrange: async () => undefined,
    run: (context, _, { workspace }) => setUpWebhook(context, workspace.id),
    isAskedAgain: true,
    expects({ stored, stripe }) {
      expect(stripe.endpoints).toHaveLength(1)
      expect(stored.signing_secrets).toContainEqual(
        expect.objectContaining({ webhook_endpoint_id: expect.any(String) }),
      )
    },
  }),
  crashScenario({
    name: 'rolling over to another signing secret',
    arrange: async () => undefined,
    run: (context, _, { workspace }) =>
      addSigningSecret(context, { workspaceId: workspace.id, secret: 'whsec_abcd1234', overlapHours: 24 }),
    isAskedAgain: true,
    expects: ({ stored }) =>
      expect(stored.signing_secrets).toMatchObject([{ expires_at: 'a time' }, { expires_at: null }]),
  }),
  crashScenario({
    name: 'disconnecting Stripe',
    arrange: someCases,
    run: (context, _, { workspace }) => disconnectStripe(context, workspace.id),
    isAskedAgain: true,
    expects({ stored, mails }) {
      expect(stored.stripe_connections).toMatchObject([{ replaced_at: 'a time', api_key_sealed: null }])
      expect(stored.recovery_cases).toMatchObject([{ outcome: 'dismissed' }, { outcome: 'dismissed' }])
      expect(mails).toHaveLength(1)
    },
  }),
  crashScenario({
    name: 'telling the owner that Stripe refuses the key',
    async arrange({ context, stripe, workspace }) {
      const connection = await connectionOf(context, workspace.id, workspace.connectionId)
      for (const { key } of stripe.keys.list()) stripe.keys.revoke(key)
      await context
        .stripe(connection)
        .invoices.retrieve('in_none')
        .catch(() => undefined)
    },
    run: tellOwners,
    expects({ stored, mails }) {
      expect(stored.stripe_connections).toMatchObject([{ rejection_told_at: 'a time' }])
      expect(mails).toHaveLength(1)
    },
  }),
]

const owner = [
  crashScenario({
    name: "changing the owner's address",
    arrange: async ({ workspace }) => workspace.owner.id,
    run: (context, ownerId) => changeOwnerAddress(context, { ownerId, email: 'new@fernhill.example' }),
    isAskedAgain: true,
    expects({ stored, mails }) {
      expect(stored.owners).toMatchObject([{ email: 'new@fernhill.example' }])
      expect(mails).toHaveLength(1)
    },
  }),
  crashScenario({
    name: "confirming another address of the owner's",
    async arrange({ context, workspace: { owner }, mail }) {
      await askToConfirm(context, {
        ownerId: owner.id,
        email: 'new@fernhill.example',
        purpose: 'owner',
        workspaceName: 'Fernhill',
      })
      return /token=([\w-]+)/.exec(mail.inbox.mails[0]!.text!)![1]!
    },
    run: (context, token) => confirmAddress(context, { token }),
    isAskedAgain: true,
    expects({ stored, mails }) {
      expect(stored.owners).toMatchObject([{ email: 'new@fernhill.example' }])
      expect(stored.address_confirmations).toMatchObject([{ used_at: 'a time' }])
      expect(mails).toHaveLength(2)
    },
  }),
  crashScenario({
    name: 'creating a workspace',
    arrange: async ({ stripe }) => stripe.addKey(),
    run: (context, stripeKey) =>
      createWorkspace(context, {
        ownerEmail: 'another@larchwood.example',
        name: 'Larchwood',
        stripeKey,
        webhookSecret: 'whsec_abcd1234',
        promptsOn: true,
      }),
    isAskedAgain: true,
    expects: ({ stored }) => expect(stored.workspaces).toHaveLength(2),
  }),
  crashScenario({
    name: 'deleting the workspace',
    arrange: someCases,
    run: (context, _, { workspace }) => deleteWorkspace(context, { workspaceId: workspace.id, typedName: 'Fernhill' }),
    isAskedAgain: true,
    expects: ({ stored }) => expect(stored).toEqual({}),
    // Nobody is left to remember that the farewell was not sent.
    matters: ({ stored, mails }) => ({
      stored,
      mails: mails.filter(({ subject }) => !subject.includes('was deleted')),
    }),
  }),
  crashScenario({
    name: 'sealing everything anew with another secret key',
    async arrange(world) {
      await someCases(world)
      await anOwnSender(world)
    },
    run: (context) => rewrapSecrets({ ...context, cipher: AFTER }),
    isAskedAgain: true,
    expects({ stored }) {
      expect(stored.stripe_connections).toMatchObject([{ api_key_sealed: AFTER.currentPrefix.slice(0, -1) }])
      expect(stored.senders).toMatchObject([{ api_key_sealed: AFTER.currentPrefix.slice(0, -1) }])
      const first = stored.touches?.filter(({ step }) => step === 0)
      expect(first).toMatchObject([{ sent_at: 'a time' }, { sent_at: 'a time' }])
    },
  }),
]

const ofSenders = ({ stored, mails }: WholePicture) => ({ senders: stored.senders, mails })

const sender = [
  crashScenario({
    name: 'connecting a sender of their own',
    async arrange({ mail }) {
      mail.addDomain('fernhill.example')
      return mail.addKey()
    },
    run: (context, apiKey, { workspace }) =>
      connectSender(context, { workspaceId: workspace.id, apiKey, fromAddress: 'billing@fernhill.example' }),
    isAskedAgain: true,
    expects: ({ stored }) =>
      expect(stored.senders).toMatchObject([{ verified_by: 'domain', webhook_secret_sealed: expect.any(String) }]),
  }),
  crashScenario({
    name: 'sending through a sender that the provider refuses',
    async arrange(world) {
      await aRefusedSender(world)
      await aCase(world)
    },
    run: (context, _, { workspace }) => deliverTouches(context, { workspaceId: workspace.id }),
    // A worker that died before the call can't know that: its delivery is repeated, for as long as it may have gone out.
    matters: ofSenders,
    expects({ stored, mails }) {
      expect(stored.senders).toMatchObject([{ withdrawn_because: 'key', withdrawal_told_at: 'a time' }])
      expect(mails.map(({ subject }) => subject)).toEqual(['Your mails to customers are waiting'])
    },
  }),
  crashScenario({
    name: 'telling the owner that the provider refuses the sender',
    async arrange(world) {
      await aRefusedSender(world)
      await checkSenderNow(world.context, world.workspace.id)
    },
    run: tellOwners,
    expects({ stored, mails }) {
      expect(stored.senders).toMatchObject([{ withdrawal_told_at: 'a time' }])
      expect(mails).toHaveLength(1)
    },
  }),
]

describe('a process that is killed at any moment leaves what an undisturbed one leaves', () => {
  itSurvivesEveryCrash([...stripe, ...owner, ...sender])
})
