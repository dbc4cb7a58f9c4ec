import type Router from '@koa/router'
import type {
  CreateDomainResponseSuccess,
  Domain,
  DomainRegion,
  GetDomainResponseSuccess,
  ListDomainsResponseSuccess,
  RemoveDomainsResponseSuccess,
  VerifyDomainsResponseSuccess,
} from 'resend'
import { REGIONS, recordsOf } from '../domains.js'
import { MailApiError } from '../errors.js'
import { invalidField, missing, objectOf } from '../fields.js'
import { demandFullAccess } from '../keys.js'
import type { MailSimulator } from '../simulator.js'
import { parse, textOf } from './body.js'
import { found } from './ids.js'
import { pageOf } from './paging.js'

const NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i
const KNOWN = [
  'capabilities',
  'click_tracking',
  'custom_return_path',
  'name',
  'open_tracking',
  'region',
  'tls',
  'tracking_subdomain',
]

export function domainRoutes(router: Router, { domains }: MailSimulator): void {
  const byId = (id: string) => domains.get(id)
  router.post('/domains', async (ctx) => {
    demandFullAccess(ctx.state.key)
    const { name, more } = readDomain(parse(await textOf(ctx)))
    if (domains.named(name)) {
      throw new MailApiError(403, 'validation_error', `The ${name} domain has been registered already.`)
    }
    const domain = domains.add(name, 'not_started', more)
    ctx.status = 201
    ctx.body = { ...domain, records: recordsOf(domain) } satisfies CreateDomainResponseSuccess
  })
  router.get('/domains', (ctx) => {
    demandFullAccess(ctx.state.key)
    const positionOf = (id: string) => {
      const position = domains.list.findIndex((domain) => domain.id === id)
      return position < 0 ? undefined : position
    }
    ctx.body = pageOf(ctx.query, { items: domains.list, positionOf }) satisfies ListDomainsResponseSuccess
  })
  router.get('/domains/:id', (ctx) => {
    demandFullAccess(ctx.state.key)
    const domain = found(ctx.params.id, 'Domain', byId)
    ctx.body = { object: 'domain', ...domain, records: recordsOf(domain) } satisfies GetDomainResponseSuccess
  })
  // Resend looks at the DNS in its own time; how that ends is for the simulator to be told.
  router.post('/domains/:id/verify', (ctx) => {
    demandFullAccess(ctx.state.key)
    const domain = found(ctx.params.id, 'Domain', byId)
    domain.status = 'pending'
    ctx.body = { object: 'domain', id: domain.id } satisfies VerifyDomainsResponseSuccess
  })
  router.delete('/domains/:id', (ctx) => {
    demandFullAccess(ctx.state.key)
    const domain = found(ctx.params.id, 'Domain', byId)
    domains.remove(domain)
    ctx.body = { object: 'domain', id: domain.id, deleted: true } satisfies RemoveDomainsResponseSuccess
  })
}

function readDomain(body: unknown): { name: string; more: Partial<Domain> } {
  const { click_tracking, name, open_tracking, region = 'us-east-1', tracking_subdomain } = objectOf(body, KNOWN)
  if (name === undefined || name === null || name === '') throw missing('name')
  if (typeof name !== 'string' || !NAME.test(name)) throw invalidField('name', 'It must be a domain name.')
  const known = REGIONS.find((one) => one === region)
  if (!known) throw new MailApiError(422, 'invalid_region', `Region must be one of ${REGIONS.join(', ')}`)
  return { name: name.toLowerCase(), more: settings(known, { open_tracking, click_tracking, tracking_subdomain }) }
}

function settings(
  region: DomainRegion,
  given: { open_tracking: unknown; click_tracking: unknown; tracking_subdomain: unknown },
): Partial<Domain> {
  return {
    region,
    open_tracking: given.open_tracking === true,
    click_tracking: given.click_tracking === true,
    ...(typeof given.tracking_subdomain === 'string' && { tracking_subdomain: given.tracking_subdomain }),
  }
}
