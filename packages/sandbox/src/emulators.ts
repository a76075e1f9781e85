import type { CreateEmulator, ProviderName } from './kernel/types.ts'
import { createPaypal } from './paypal/index.ts'
import { createRazorpay } from './razorpay/index.ts'
import { createStripe } from './stripe/index.ts'
import { createTwilio } from './twilio/index.ts'

/** Every provider the sandbox speaks for; a new emulator is one line here. */
export const EMULATORS: Partial<Record<ProviderName, CreateEmulator>> = {
  stripe: createStripe,
  razorpay: createRazorpay,
  paypal: createPaypal,
  twilio: createTwilio,
}
