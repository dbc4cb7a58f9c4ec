import type { Context } from '../context.js'
import { dueTouches } from './due-touches.js'

/** How far the whole installation is behind, over all workspaces. Ages in milliseconds; 0 where there is nothing. */
export interface Standing {
  readonly unprocessedEvents: number
  readonly oldestUnprocessedEventMs: number
  readonly overdueTouches: number
  readonly oldestOverdueTouchMs: number
  readonly unknownDeliveries: number
}

interface Aged {
  count: number
  oldest: Date | null
}

export async function readStanding({ db, now }: Context): Promise<Standing> {
  const time = now()
  const ageOf = ({ oldest }: Aged) => (oldest ? Math.max(0, time.getTime() - oldest.getTime()) : 0)
  const [events, touches, deliveries] = await Promise.all([
    db('stripe_events').whereNull('processed_at').first<Aged>(aged(db, 'received_at')),
    dueTouches(db, time).first<Aged>(aged(db, 'touch.due_at')),
    db('deliveries')
      .where({ answered_at: null, dissolved_at: null, abandoned_at: null })
      .first<Aged>(aged(db, 'fixed_at')),
  ])
  return {
    unprocessedEvents: events.count,
    oldestUnprocessedEventMs: ageOf(events),
    overdueTouches: touches.count,
    oldestOverdueTouchMs: ageOf(touches),
    unknownDeliveries: deliveries.count,
  }
}

const aged = (db: Context['db'], column: string) => db.raw('count(*) as count, min(??) as oldest', [column])
