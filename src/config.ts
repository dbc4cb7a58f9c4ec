import { resolve } from 'node:path'
import { z } from 'zod'
import { StartError } from './errors.js'

/**
 * The only reader of the environment. Every variable is optional for `npm start`; what is wrong is told all at once
 * and by name, never by value. The table of all variables stands in docs/ARCHITECTURE.md.
 */

export interface Config {
  readonly production: boolean
  readonly port: number
  /** Where browsers and mails find us; no slash at the end. */
  readonly appUrl: string
  /** `null`: the embedded Postgres below `dataDir`. */
  readonly databaseUrl: string | null
  /** `null`: queues live in Postgres. */
  readonly redisUrl: string | null
  readonly dataDir: string
  /** 32 bytes each. `null`: generated into `dataDir`, which only the embedded database allows. */
  readonly secretKey: Buffer | null
  readonly previousSecretKey: Buffer | null
  /** `null`: no provider, recovery mail is not sent. */
  readonly mail: MailConfig | null
  /** The signing secret of the provider's webhook. `null`: what becomes of accepted mails is not heard. */
  readonly mailWebhookSecret: string | null
  /** Another base URL than Resend's own, for a simulator: of the installation's key, and of owners' own. */
  readonly mailBaseUrl: string | null
  /** Another base URL than Stripe's own, for a simulator. */
  readonly stripeApiBase: string | null
  /** Who gets mail in a test-mode connection. */
  readonly testModeMail: 'owner' | 'customer'
  /** Lower case. Whoever runs this installation; empty: the owner of the first workspace. */
  readonly operatorEmails: readonly string[]
  /** Lower case: addresses, and domains as `@example.com`, that may sign up once the installation is claimed. */
  readonly allowedEmails: readonly string[]
  readonly openSignUp: boolean
  /** How many proxies stand in front: as many of the last entries of `X-Forwarded-For` are theirs. 0: none. */
  readonly trustProxy: number
  /** What `GET /metrics` asks for. `null`: there is no such page. */
  readonly metricsToken: string | null
  /** Where a worker process answers `/healthz`, `/readyz` and `/metrics`. `null`: nowhere. */
  readonly workerPort: number | null
  /** So long an event's payload is kept whole; at least as long as Stripe lists it. */
  readonly eventPayloadDays: number
  readonly logLevel: LogLevel
}

export interface MailConfig {
  readonly apiKey: string
  /** `Name <address>` or a bare address. */
  readonly from: string
  readonly baseUrl: string | null
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

type Environment = Readonly<Record<string, string | undefined>>

const isHttpUrl = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
const hasProtocol = (value: string, protocols: string[]) =>
  URL.canParse(value) && protocols.includes(new URL(value).protocol)
const isLoopback = (value: string) =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(URL.canParse(value) ? new URL(value).hostname : '')

const httpUrl = z
  .string()
  .refine(isHttpUrl, 'must be an address that begins with http:// or https://')
  .transform((value) => value.replace(/\/+$/, ''))

const keyBytes = z
  .string()
  .transform((value) => Buffer.from(value, 'base64'))
  .refine((bytes) => bytes.length === 32, "must be 32 random bytes in base64: make one with 'openssl rand -base64 32'")

/** A signing secret of Standard Webhooks: the key in base64 behind its prefix. */
const isWebhookSecret = (value: string) => {
  const key = /^whsec_(.+)$/.exec(value)?.[1]
  return key !== undefined && Buffer.from(key, 'base64').toString('base64') === key
}

const listOf = (entry: RegExp, fault: string) =>
  z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim().toLowerCase()))
    .refine((entries) => entries.every((part) => entry.test(part)), fault)

const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number from 1 to 65535')
  .transform(Number)
  .refine((port) => port >= 1 && port <= 65_535, 'must be a port number from 1 to 65535')

const environmentSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test'], 'must be production, development or test').optional(),
  PORT: portNumber.default(3000),
  WORKER_PORT: portNumber.optional(),
  APP_URL: httpUrl.optional(),
  DATABASE_URL: z
    .string()
    .refine(
      (value) => hasProtocol(value, ['postgres:', 'postgresql:']),
      'must be an address that begins with postgres://',
    )
    .optional(),
  REDIS_URL: z
    .string()
    .refine(
      (value) => hasProtocol(value, ['redis:', 'rediss:', 'redis-cluster:', 'rediss-cluster:']),
      'must be an address that begins with redis://, or redis-cluster:// for a Redis Cluster',
    )
    .optional(),
  DATA_DIR: z.string().default('data'),
  SECRET_KEY: keyBytes.optional(),
  SECRET_KEY_PREVIOUS: keyBytes.optional(),
  RESEND_API_KEY: z.string().startsWith('re_', 'must be a Resend key, which begins with re_').optional(),
  EMAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      "must be an address, like 'SecondLoop <mail@example.com>'",
    )
    .optional(),
  RESEND_WEBHOOK_SECRET: z
    .string()
    .refine(isWebhookSecret, "must be the signing secret of Resend's webhook, which begins with whsec_")
    .optional(),
  RESEND_BASE_URL: httpUrl.optional(),
  STRIPE_API_BASE: httpUrl.optional(),
  TEST_MODE_MAIL: z.enum(['owner', 'customer'], 'must be owner or customer').default('owner'),
  OPERATOR_EMAILS: listOf(/^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/, 'must be addresses with commas between them').optional(),
  ALLOWED_EMAILS: listOf(
    /^[^\s@,]*@[^\s@,]+\.[^\s@,]+$/,
    'must be addresses, or domains like @example.com, with commas between them',
  ).optional(),
  OPEN_SIGN_UP: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  TRUST_PROXY: z
    .string()
    .regex(/^[0-9]$/, 'must be the number of proxies in front, 0 to 9')
    .default('0'),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{24,}$/, "must be at least 24 characters without spaces: make one with 'openssl rand -hex 24'")
    .optional(),
  EVENT_PAYLOAD_DAYS: z
    .string()
    .regex(/^\d{2,4}$/, 'must be a number of days, at least 31')
    .transform(Number)
    .refine(
      (days) => days >= 31,
      'must be at least 31 days: so long Stripe lists events, and they may have to be read again',
    )
    .default(90),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
})

/**
 * @throws StartError that lists every fault by the variable's name.
 */
export function readConfig(environment: Environment = process.env): Config {
  const { values, faults } = parse(environmentSchema, environment)

  const production = environment.NODE_ENV === 'production'
  const given = (name: string) => Boolean(environment[name])
  if (given('DATABASE_URL') && !given('SECRET_KEY')) {
    faults.push("SECRET_KEY is required beside DATABASE_URL: make one with 'openssl rand -base64 32' and keep it safe")
  }
  if (production) {
    for (const name of ['RESEND_API_KEY', 'EMAIL_FROM']) {
      if (!given(name)) faults.push(`${name} is required when NODE_ENV is production`)
    }
    const { APP_URL } = environment
    if (APP_URL?.startsWith('http:') && !isLoopback(APP_URL)) {
      faults.push(
        'APP_URL must begin with https:// when NODE_ENV is production: cookies and links would go in the clear',
      )
    }
    for (const name of ['RESEND_BASE_URL', 'STRIPE_API_BASE']) {
      if (given(name) && !isLoopback(environment[name] ?? '')) {
        faults.push(`${name} may only point to this machine when NODE_ENV is production: it is there for simulators`)
      }
    }
  } else if (given('RESEND_API_KEY') && !given('EMAIL_FROM')) {
    faults.push('EMAIL_FROM is required beside RESEND_API_KEY: the address that mails come from')
  }
  if (!values || faults.length > 0) throw faultsToError(faults)

  return {
    production,
    port: values.PORT,
    appUrl: values.APP_URL ?? `http://localhost:${values.PORT}`,
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
    dataDir: resolve(values.DATA_DIR),
    secretKey: values.SECRET_KEY ?? null,
    previousSecretKey: values.SECRET_KEY_PREVIOUS ?? null,
    mail:
      values.RESEND_API_KEY && values.EMAIL_FROM
        ? { apiKey: values.RESEND_API_KEY, from: values.EMAIL_FROM, baseUrl: values.RESEND_BASE_URL ?? null }
        : null,
    mailWebhookSecret: values.RESEND_WEBHOOK_SECRET ?? null,
    mailBaseUrl: values.RESEND_BASE_URL ?? null,
    stripeApiBase: values.STRIPE_API_BASE ?? null,
    testModeMail: values.TEST_MODE_MAIL,
    operatorEmails: values.OPERATOR_EMAILS ?? [],
    allowedEmails: values.ALLOWED_EMAILS ?? [],
    openSignUp: values.OPEN_SIGN_UP === '1',
    trustProxy: Number(values.TRUST_PROXY),
    metricsToken: values.METRICS_TOKEN ?? null,
    workerPort: values.WORKER_PORT ?? null,
    eventPayloadDays: values.EVENT_PAYLOAD_DAYS,
    logLevel: values.LOG_LEVEL,
  }
}

/** What `npm run workspace:create` takes from the environment. */
export interface WorkspaceInput {
  readonly ownerEmail: string
  readonly name: string
  readonly stripeKey: string
  /** `null`: the one stored stays. Stripe tells it once the endpoint exists, and that needs the URL. */
  readonly webhookSecret: string | null
  /** `null`: as they are; off for a new workspace. */
  readonly promptsOn: boolean | null
}

export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'is too long')
  .pipe(z.email('must be an email address'))

const workspaceSchema = z.object({
  OWNER_EMAIL: emailAddress,
  WORKSPACE_NAME: z.string().trim().min(1, 'must not be empty').max(80, 'must not be longer than 80 characters'),
  STRIPE_KEY: z.string().trim().min(1, 'must not be empty'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .trim()
    .regex(/^whsec_\S+$/, 'must be the signing secret of the webhook endpoint, which begins with whsec_')
    .optional(),
  AUTOMATION: z.enum(['on', 'off'], 'must be on or off').optional(),
})

/** @throws StartError that lists every fault by the variable's name. */
export function readWorkspaceInput(environment: Environment = process.env): WorkspaceInput {
  const { values, faults } = parse(workspaceSchema, environment)
  if (!values) throw faultsToError(faults)
  return {
    ownerEmail: values.OWNER_EMAIL,
    name: values.WORKSPACE_NAME,
    stripeKey: values.STRIPE_KEY,
    webhookSecret: values.STRIPE_WEBHOOK_SECRET ?? null,
    promptsOn: values.AUTOMATION ? values.AUTOMATION === 'on' : null,
  }
}

/** The owner that a command is about. @throws StartError */
export function readOwnerEmail(environment: Environment = process.env): string {
  const { values, faults } = parse(workspaceSchema.pick({ OWNER_EMAIL: true }), environment)
  if (!values) throw faultsToError(faults)
  return values.OWNER_EMAIL
}

/** For `npm run owner:address`: whose address changes, and to which. @throws StartError */
export function readAddressChange(environment: Environment = process.env): { from: string; to: string } {
  const shape = z.object({ OWNER_EMAIL: emailAddress, NEW_OWNER_EMAIL: emailAddress })
  const { values, faults } = parse(shape, environment)
  if (!values) throw faultsToError(faults)
  return { from: values.OWNER_EMAIL, to: values.NEW_OWNER_EMAIL }
}

/** Where a backup is written to, or restored from; `null`: not named. */
export function readBackupFile(environment: Environment = process.env): string | null {
  return environment.BACKUP_FILE || null
}

/** What `npm run diagnose` takes from the environment. */
export interface DiagnoseInput {
  readonly stripeKey: string
  /** Another base URL than Stripe's own, for a simulator. */
  readonly stripeApiBase: string | null
  readonly csvFile: string
}

/** @throws StartError that lists every fault by the variable's name. */
export function readDiagnoseInput(environment: Environment = process.env): DiagnoseInput {
  const shape = z.object({
    STRIPE_KEY: workspaceSchema.shape.STRIPE_KEY,
    STRIPE_API_BASE: httpUrl.optional(),
    CSV_FILE: z.string().default('secondloop-diagnostic.csv'),
  })
  const { values, faults } = parse(shape, environment)
  if (!values) throw faultsToError(faults)
  return { stripeKey: values.STRIPE_KEY, stripeApiBase: values.STRIPE_API_BASE ?? null, csvFile: values.CSV_FILE }
}

/** An empty variable counts as absent: that is how compose files and shells unset one. */
function parse<Shape extends z.ZodObject>(schema: Shape, environment: Environment) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (result.success) return { values: result.data, faults: [] as string[] }
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.')} ${issue.code === 'invalid_type' ? 'is required' : issue.message}`,
  )
  return { values: null, faults }
}

function faultsToError(faults: string[]): StartError {
  return new StartError(
    ['The environment is not usable:', ...new Set(faults.map((fault) => `  - ${fault}`))].join('\n'),
  )
}
