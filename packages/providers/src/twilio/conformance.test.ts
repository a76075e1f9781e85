import { createSandbox } from '@onerouter/sandbox'
import { messageConformance } from '../conformance/messages.ts'
import { twilio } from './index.ts'

/** Twilio docs, "Test Credentials": numbers that decide; the unreachable one is the sandbox's own. */
messageConformance(
  'twilio',
  {
    ordinary: '+14155550123',
    invalid: '+15005550001',
    optedOut: '+15005550004',
    unreachable: '+15005550101',
  },
  (host) => ({ provider: twilio, sandbox: createSandbox(host) }),
)
