import type { RecordedEvent } from '../event-log.js'
import type { Store } from '../store.js'
import { previousBeforeBasil, shapeBeforeBasil } from './before-basil.js'
import { isBeforeBasil } from './versions.js'

/**
 * An event as an endpoint of that API version gets it. The current shape is put together from the JSON that was kept,
 * without reading it again: this is what many thousand deliveries are made of.
 */
export function eventJson(event: RecordedEvent, version: string, livemode: boolean, store: Store): string {
  const { objectJson, previousJson } = isBeforeBasil(version) ? beforeBasil(event, store) : event
  const previous = previousJson === undefined ? '' : `,"previous_attributes":${previousJson}`
  return (
    `{"id":"${event.id}","object":"event","api_version":${JSON.stringify(version)},"created":${event.created},` +
    `"data":{"object":${objectJson}${previous}},"livemode":${livemode},"pending_webhooks":${event.pendingWebhooks},` +
    `"request":${JSON.stringify(event.request)},"type":"${event.type}"}`
  )
}

function beforeBasil({ objectJson, previousJson, relations }: RecordedEvent, store: Store) {
  const object = JSON.parse(objectJson)
  return {
    objectJson: JSON.stringify(shapeBeforeBasil(object, relations, store)),
    previousJson: previousJson && JSON.stringify(previousBeforeBasil(object.object, JSON.parse(previousJson))),
  }
}
