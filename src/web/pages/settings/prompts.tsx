import { render } from '../parts/document.js'
import type { PanelProps } from '../parts/panel.js'
import { Settings } from '../parts/settings.js'

/** `GET /app/settings/prompts` */
export const promptsPage = ({ panel }: { panel: PanelProps }) =>
  render(
    <Settings panel={panel} here="prompts">
      <p />
    </Settings>,
  )
