import type { Service } from '@onerouter/core'
import { paypal } from './paypal/index.ts'
import { razorpay } from './razorpay/index.ts'
import type { Provider } from './spec.ts'
import { stripe } from './stripe/index.ts'
import { twilio } from './twilio/index.ts'

/** Every provider there is; credentials keep their own shape, because each provider parses its own. */
export const providers: readonly Provider[] = [stripe, paypal, razorpay, twilio]

export function providerNamed(name: Service): Provider | undefined {
  return providers.find((provider) => provider.name === name)
}
