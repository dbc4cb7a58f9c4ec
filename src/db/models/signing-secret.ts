import { Row } from './row.js'

/** Signs the webhooks of a connection. Several are valid while one rolls over. */
export class SigningSecret extends Row {
  static override tableName = 'signing_secrets'
  declare id: string
  declare workspace_id: string
  declare connection_id: string
  declare secret_sealed: string
  declare last4: string
  /** Of the endpoint that we made; `null`: the owner pasted the secret. */
  declare webhook_endpoint_id: string | null
  /** `null`: valid until replaced. */
  declare expires_at: Date | null
  declare created_at: Date
}
