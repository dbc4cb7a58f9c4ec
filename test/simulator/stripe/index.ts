import { controlRoutes } from './control/routes.js'
import { customerPages } from './pages/routes.js'
import { type StripeOptions, StripeSimulator } from './simulator.js'

export type { StripeOptions } from './simulator.js'
export { StripeSimulator } from './simulator.js'

/** Starts a simulated Stripe account on the loopback interface. */
export async function startStripe({ port, ...options }: StripeOptions = {}): Promise<StripeSimulator> {
  const simulator = new StripeSimulator(options)
  await simulator.listen(port, [customerPages(simulator), ...controlRoutes(simulator)])
  return simulator
}
