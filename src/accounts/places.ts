/** Where the encrypted secrets of a workspace belong. */
export const places = {
  webhookToken: (workspaceId: string) => ({ workspaceId, field: 'workspaces.webhook_token' }),
  apiKey: (workspaceId: string) => ({ workspaceId, field: 'stripe_connections.api_key' }),
  signingSecret: (workspaceId: string) => ({ workspaceId, field: 'signing_secrets.secret' }),
  senderKey: (workspaceId: string) => ({ workspaceId, field: 'senders.api_key' }),
  senderWebhookToken: (workspaceId: string) => ({ workspaceId, field: 'senders.webhook_token' }),
  senderWebhookSecret: (workspaceId: string) => ({ workspaceId, field: 'senders.webhook_secret' }),
  mailContent: (workspaceId: string) => ({ workspaceId, field: 'mails.content' }),
}
