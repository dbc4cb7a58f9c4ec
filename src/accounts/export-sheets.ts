import type { Context } from '../context.js'
import { places } from './places.js'

export type ExportedRow = Record<string, unknown>

/** One table as the owner gets it: a CSV and a JSON file with the same rows. */
export interface Sheet {
  readonly name: string
  readonly table: string
  /** What of it leaves the house: named one by one, so that no secret ever joins by itself. */
  readonly columns: readonly string[]
  /** Rows read at once: few where a row may be large. */
  readonly batch: number
  /** Columns that are not shown as they are stored, and what is shown instead. */
  readonly reads?: readonly string[]
  readonly show?: (context: Context, row: ExportedRow) => ExportedRow
}

/** Everything that belongs to a workspace. Keys, secrets, tokens and their hashes stay. */
export const SHEETS: readonly Sheet[] = [
  {
    name: 'connections',
    table: 'stripe_connections',
    columns: ['id', 'mode', 'stripe_account_id', 'account_name', 'api_key_last4', 'key_saved_at', 'verified_at']
      .concat(['rejected_at', 'first_event_at', 'signature_failures', 'signature_failed_at'])
      .concat(['events_checked_until'])
      .concat(['replaced_at', 'created_at']),
    batch: 1_000,
  },
  {
    name: 'senders',
    table: 'senders',
    columns: [
      'id',
      'from_address',
      'api_key_last4',
      'key_saved_at',
      'verified_by',
      'checked_at',
      'withdrawn_at',
    ].concat(['withdrawn_because', 'created_at']),
    batch: 1_000,
  },
  {
    name: 'campaign',
    table: 'campaign_steps',
    // A few rows, read at once.
    columns: ['plan', 'step', 'wait_minutes', 'template', 'is_on'],
    batch: 1_000,
  },
  {
    name: 'cases',
    table: 'recovery_cases',
    columns: ['id', 'connection_id', 'stripe_invoice_id', 'stripe_customer_id', 'stripe_subscription_id']
      .concat(['invoice_number', 'hosted_invoice_url', 'customer_name', 'customer_email', 'customer_locales'])
      .concat(['plan_label', 'plan_interval', 'plan_interval_count', 'card_brand', 'card_last4'])
      .concat(['decline_class', 'decline_code', 'attempt_count', 'next_attempt_at'])
      .concat(['currency', 'exposure', 'recovered', 'returned', 'lost', 'forgiven', 'dismissed', 'open'])
      .concat(['invoice_status', 'amount_remaining', 'amount_paid', 'amount_credited', 'settled_at'])
      .concat(['subscription_ended_at', 'subscription_paused', 'dismissed_at', 'paused_at', 'pinned_at'])
      .concat(['paid_by', 'assisted', 'paid_out_of_band', 'checked_at'])
      .concat(['failed_at', 'received_at', 'opened_at', 'as_of', 'reminders_stopped_at', 'closed_at', 'outcome']),
    batch: 1_000,
  },
  {
    name: 'timeline',
    table: 'case_entries',
    columns: ['id', 'case_id', 'at', 'kind', 'detail'],
    batch: 1_000,
  },
  {
    name: 'reversals',
    table: 'case_reversals',
    columns: ['id', 'case_id', 'key', 'kind', 'amount', 'as_of', 'is_final'],
    batch: 1_000,
  },
  {
    name: 'card-payments',
    table: 'card_payments',
    columns: ['id', 'case_id', 'payment_method_id', 'occasion', 'planned_at', 'first_tried_at', 'answered_at'].concat([
      'result',
      'reason',
    ]),
    batch: 1_000,
  },
  {
    name: 'touches',
    table: 'touches',
    columns: [
      'id',
      'case_id',
      'step',
      'template',
      'wait_minutes',
      'due_at',
      'asked_at',
      'mail_id',
      'sent_at',
      'skipped_at',
      'canceled_at',
      'reason',
    ],
    batch: 1_000,
  },
  {
    name: 'mails',
    table: 'mails',
    columns: [
      'id',
      'delivery_id',
      'to_address',
      'from_address',
      'reply_to',
      'subject',
      'is_digest',
      'provider_id',
    ].concat([
      'accepted_at',
      'refused_at',
      'reason',
      'delivered_at',
      'delayed_at',
      'failed_at',
      'bounced_at',
      'complained_at',
      'suppressed_at',
      'opened_at',
      'clicked_at',
      'scanned_at',
      'erased_at',
      'text',
    ]),
    batch: 100,
    reads: ['content_sealed', 'workspace_id'],
    show: ({ cipher }, { content_sealed, workspace_id, ...row }) => {
      const content = cipher.open(String(content_sealed), places.mailContent(String(workspace_id)))
      const { text } = JSON.parse(content) as { text: string }
      return { ...row, text: text.replace(/\/r\/[\w-]{16,}/g, '/r/[left out]') }
    },
  },
  {
    name: 'events',
    table: 'stripe_events',
    columns: [
      'id',
      'connection_id',
      'stripe_event_id',
      'type',
      'occurred_at',
      'received_at',
      'backfilled_at',
      'stripe_invoice_id',
    ].concat(['processed_at', 'outcome', 'detail', 'replayed_at', 'payload']),
    batch: 100,
  },
  {
    name: 'event-checks',
    table: 'event_checks',
    columns: [
      'id',
      'connection_id',
      'from_at',
      'to_at',
      'began_at',
      'ended_at',
      'events_seen',
      'events_missing',
    ].concat(['out_of_reach_until', 'failure']),
    batch: 1_000,
  },
  {
    name: 'diagnostics',
    table: 'diagnostics',
    columns: ['id', 'connection_id', 'reason', 'asked_at', 'began_at', 'window_from', 'window_until', 'clock_ahead']
      .concat(['unread', 'read_at', 'ended_at', 'outcome', 'failure', 'report'])
      .concat(['leak_grew_at', 'leak_growth', 'leak_told_at', 'report_wanted_at', 'report_told_at']),
    batch: 20,
  },
  {
    name: 'diagnostic-findings',
    table: 'diagnostic_findings',
    columns: ['id', 'diagnostic_id', 'stripe_invoice_id', 'invoice_number', 'stripe_customer_id', 'customer_name']
      .concat(['stripe_subscription_id', 'plan', 'billing_reason', 'apart', 'currency', 'first_failed_at'])
      .concat(['recovered_at', 'week', 'decline_class', 'decline_code', 'never_retried', 'was_prompted', 'at_risk'])
      .concat(['lost', 'retried', 'paid', 'late', 'out_of_band', 'unclear', 'returned', 'forgiven', 'open'])
      .concat(['case_wanted_at', 'case_settled_at', 'case_came_to']),
    batch: 1_000,
  },
  {
    name: 'suppressions',
    table: 'suppressions',
    columns: ['id', 'address', 'reason', 'suppressed_at'],
    batch: 1_000,
  },
  {
    name: 'forgotten-customers',
    table: 'forgotten_customers',
    columns: ['stripe_customer_id', 'forgotten_at'],
    batch: 1_000,
  },
]
