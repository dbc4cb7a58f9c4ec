import Stripe from 'stripe'

export interface Answer {
  /** Such as `GET /v1/invoices?limit=3`. */
  readonly call: string
  readonly json: unknown
}

/**
 * The official client, with every answer recorded as it came: the SDK itself makes objects of decimals and adds to what
 * it gives back.
 */
export function recordingClient(key: string, options: object): { readonly stripe: Stripe; readonly answers: Answer[] } {
  const answers: Answer[] = []
  const node = Stripe.createNodeHttpClient()
  const httpClient: typeof node = {
    getClientName: () => node.getClientName(),
    async makeRequest(...request) {
      const response = await node.makeRequest(...request)
      const [, , path, method] = request
      const read = response.toJSON.bind(response)
      response.toJSON = async () => {
        const json: unknown = await read()
        answers.push({ call: `${method} ${path}`, json: structuredClone(json) })
        return json
      }
      return response
    },
  }
  return { stripe: new Stripe(key, { ...options, httpClient, maxNetworkRetries: 0 }), answers }
}
