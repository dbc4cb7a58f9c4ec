import { describe, expect, it } from '@jest/globals'
import { readConfig, readWorkspaceInput } from '../src/config.js'
import { StartError } from '../src/errors.js'

const KEY = Buffer.alloc(32, 1).toString('base64')

function faultsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return (error as Error).message
  }
  return ''
}

describe('reading the environment', () => {
  it('needs nothing at all', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      appUrl: 'http://localhost:3000',
      databaseUrl: null,
      redisUrl: null,
      mail: null,
      testModeMail: 'owner',
    })
  })

  it('follows the port with the address, and takes an empty variable for none', () => {
    expect(readConfig({ PORT: '8080', DATABASE_URL: '' })).toMatchObject({
      appUrl: 'http://localhost:8080',
      databaseUrl: null,
    })
  })

  it('reads lists of addresses and domains, in lower case, and who else may come in', () => {
    const config = readConfig({
      OPERATOR_EMAILS: 'Maya@Fernhill.example',
      ALLOWED_EMAILS: 'ada@cloudsmith.example, @Northpeak.example',
      OPEN_SIGN_UP: '1',
      TRUST_PROXY: '2',
    })
    expect(config).toMatchObject({
      operatorEmails: ['maya@fernhill.example'],
      allowedEmails: ['ada@cloudsmith.example', '@northpeak.example'],
      openSignUp: true,
      trustProxy: 2,
    })
    expect(readConfig({})).toMatchObject({ operatorEmails: [], allowedEmails: [], openSignUp: false, trustProxy: 0 })
  })

  it('takes the address of one Redis, and of a Redis Cluster, with TLS and without', () => {
    for (const scheme of ['redis', 'rediss', 'redis-cluster', 'rediss-cluster']) {
      const url = `${scheme}://user:secret@queues.example:6379`
      expect(readConfig({ REDIS_URL: url }).redisUrl).toBe(url)
    }
    expect(faultsOf({ REDIS_URL: 'https://queues.example' })).toContain('REDIS_URL must be')
  })

  it('cuts the slash off APP_URL, so that links have one', () => {
    expect(readConfig({ APP_URL: 'https://app.example.com/' }).appUrl).toBe('https://app.example.com')
  })

  it('names every fault at once, and none of the values', () => {
    const message = faultsOf({
      PORT: 'eighty',
      APP_URL: 'ftp://wrong-scheme',
      DATABASE_URL: 'mysql://user:hunter2@db/x',
      SECRET_KEY: 'c2hvcnQ=',
      RESEND_API_KEY: 'sk_not_resend',
      RESEND_WEBHOOK_SECRET: 'whsec_not base64',
      EMAIL_FROM: 'nobody',
      TEST_MODE_MAIL: 'everyone',
      OPERATOR_EMAILS: '@fernhill.example',
      ALLOWED_EMAILS: 'somebody',
      OPEN_SIGN_UP: 'yes',
      TRUST_PROXY: 'true',
      LOG_LEVEL: 'loud',
    })
    for (const name of [
      'PORT',
      'APP_URL',
      'DATABASE_URL',
      'SECRET_KEY',
      'RESEND_API_KEY',
      'RESEND_WEBHOOK_SECRET',
      'EMAIL_FROM',
      'TEST_MODE_MAIL',
      'OPERATOR_EMAILS',
      'ALLOWED_EMAILS',
      'OPEN_SIGN_UP',
      'TRUST_PROXY',
      'LOG_LEVEL',
    ]) {
      expect(message).toMatch(new RegExp(`- ${name} `))
    }
    for (const value of [
      'eighty',
      'wrong-scheme',
      'hunter2',
      'c2hvcnQ',
      'sk_not_resend',
      'not base64',
      'nobody',
      'everyone',
      'loud',
    ]) {
      expect(message).not.toContain(value)
    }
  })

  it('takes the signing secret of the mail provider’s webhook, and none that could verify nothing', () => {
    const secret = `whsec_${Buffer.from('a secret').toString('base64')}`
    expect(readConfig({ RESEND_WEBHOOK_SECRET: secret }).mailWebhookSecret).toBe(secret)
    expect(readConfig({}).mailWebhookSecret).toBeNull()
    for (const wrong of ['whsec_', 'whsec_a', 'c2VjcmV0']) {
      expect(faultsOf({ RESEND_WEBHOOK_SECRET: wrong })).toContain('RESEND_WEBHOOK_SECRET must be')
    }
  })

  it.each(['0', '65536', '-1', '80.5', ' '])('refuses port %j', (port) => {
    expect(faultsOf({ PORT: port })).toContain('PORT must be a port number')
  })

  it('asks for a key of its own beside an external database', () => {
    expect(faultsOf({ DATABASE_URL: 'postgres://localhost/x' })).toContain('SECRET_KEY is required')
    expect(readConfig({ DATABASE_URL: 'postgres://localhost/x', SECRET_KEY: KEY }).secretKey).toHaveLength(32)
  })

  it('asks for a mail provider in production, and for the address beside a key anywhere', () => {
    const production = faultsOf({ NODE_ENV: 'production' })
    expect(production).toContain('RESEND_API_KEY is required')
    expect(production).toContain('EMAIL_FROM is required')
    expect(faultsOf({ RESEND_API_KEY: 're_123' })).toContain('EMAIL_FROM is required')
  })

  it('lets production be reached over https only, or from this machine', () => {
    const production = { NODE_ENV: 'production', RESEND_API_KEY: 're_1', EMAIL_FROM: 'a@b.example' }
    expect(faultsOf({ ...production, APP_URL: 'http://app.example.com' })).toContain('APP_URL must begin with https://')
    for (const APP_URL of ['https://app.example.com', 'http://localhost:3000', 'http://127.0.0.1:3000']) {
      expect(readConfig({ ...production, APP_URL }).appUrl).toBe(APP_URL)
    }
  })

  it('lets production talk to simulators on this machine only', () => {
    const production = { NODE_ENV: 'production', RESEND_API_KEY: 're_1', EMAIL_FROM: 'a@b.example' }
    expect(faultsOf({ ...production, STRIPE_API_BASE: 'https://evil.example' })).toContain('STRIPE_API_BASE')
    expect(readConfig({ ...production, STRIPE_API_BASE: 'http://127.0.0.1:4010' }).stripeApiBase).toBe(
      'http://127.0.0.1:4010',
    )
  })
})

describe('reading what a new workspace needs', () => {
  const input = {
    OWNER_EMAIL: ' Maya@Fernhill.example ',
    WORKSPACE_NAME: 'Fernhill',
    STRIPE_KEY: 'rk_test_123',
    STRIPE_WEBHOOK_SECRET: 'whsec_123',
  }

  it('takes the address in lower case, and leaves prompts and secret as they are unless they are named', () => {
    expect(readWorkspaceInput(input)).toMatchObject({ ownerEmail: 'maya@fernhill.example', promptsOn: null })
    expect(readWorkspaceInput({ ...input, AUTOMATION: 'on' }).promptsOn).toBe(true)
    expect(readWorkspaceInput({ ...input, STRIPE_WEBHOOK_SECRET: '' }).webhookSecret).toBeNull()
  })

  it('names everything that is missing at once', () => {
    expect(() => readWorkspaceInput({})).toThrow(/OWNER_EMAIL[\s\S]*WORKSPACE_NAME[\s\S]*STRIPE_KEY/)
  })

  it('refuses a signing secret that is none', () => {
    expect(() => readWorkspaceInput({ ...input, STRIPE_WEBHOOK_SECRET: 'we_123' })).toThrow(/whsec_/)
  })
})
