export const ENVIRONMENTS = ['test', 'live'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export const SERVICES = ['stripe', 'razorpay', 'paypal', 'twilio'] as const
/** A provider as the account connects it. */
export type Service = (typeof SERVICES)[number]

export function isService(text: string): text is Service {
  return (SERVICES as readonly string[]).includes(text)
}
