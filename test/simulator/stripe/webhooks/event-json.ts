import type { RecordedEvent } from '../event-log.js'
import type { Store } from '../store.js'
import { shapeBeforeBasil } from './before-basil.js'
import { isBeforeBasil } from './versions.js'

/**
 * An event as an endpoint of that API version gets it. The current shape is put together from the JSON that was kept,
 * without reading it again: this is what many thousand deliveries are made of.
 */
export function eventJson(event: RecordedEvent, version: string, livemode: boolean, store: Store): string {
  const before = isBeforeBasil(version)
  const object = before
    ? JSON.stringify(shapeBeforeBasil(JSON.parse(event.objectJson), event.relations, store))
    : event.objectJson
  const previous = event.previousJson === undefined ? '' : `,"previous_attributes":${event.previousJson}`
  return (
    `{"id":"${event.id}","object":"event","api_version":${JSON.stringify(version)},"created":${event.created},` +
    `"data":{"object":${object}${previous}},"livemode":${livemode},"pending_webhooks":${event.pendingWebhooks},` +
    `"request":${JSON.stringify(event.request)},"type":"${event.type}"}`
  )
}
