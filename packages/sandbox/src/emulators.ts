import type { CreateEmulator, ProviderName } from './kernel/types.ts'
import { createRazorpay } from './razorpay/index.ts'

/** Every provider the sandbox speaks for; a new emulator is one line here. */
export const EMULATORS: Partial<Record<ProviderName, CreateEmulator>> = {
  razorpay: createRazorpay,
}
