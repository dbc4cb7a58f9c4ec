import { mailApi } from './api.js'
import { mailControl } from './control.js'
import { inboxPages } from './pages/routes.js'
import { type MailOptions, MailSimulator } from './simulator.js'

export type { AcceptedMail } from './accepted-mail.js'
export type { MailOptions } from './simulator.js'
export { MailSimulator } from './simulator.js'

/** Starts a simulated mail provider on the loopback interface. */
export async function startMail({ port, ...options }: MailOptions = {}): Promise<MailSimulator> {
  const simulator = new MailSimulator(options)
  await simulator.listen(port, [inboxPages(simulator), ...mailControl(simulator), mailApi(simulator)])
  return simulator
}
