import { basicAuth, json, readBody } from '../kernel/http.ts'
import { accountEntity, messageEntity } from './entities.ts'
import { Refusal, refusalResponse, refuse } from './errors.ts'
import { createKey } from './keys.ts'
import { listMessages } from './lists.ts'
import { deleteMessage, updateMessage } from './messages.ts'
import { createMessage } from './send.ts'
import type { MessageRow, Twilio } from './state.ts'

interface Caller {
  readonly account: string
  /** Standard API keys open neither the account nor its keys (API keys, "Key types"). */
  readonly isMain: boolean
}

interface Call extends Caller {
  readonly tw: Twilio
  readonly path: string
  /** The message's id where the path has one. */
  readonly sid: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
}

interface Outcome {
  readonly status: number
  readonly body?: object
}

const notFound = (path: string): never => refuse(20404, `The requested resource ${path} was not found`)

function own({ tw, account, sid, path }: Call): MessageRow {
  const row = tw.state.messages.get(sid)
  return row?.account === account ? row : notFound(path)
}

function update(call: Call): Outcome {
  const row = own(call)
  updateMessage(call.tw, row, call.form)
  return { status: 200, body: messageEntity(call.tw, row) }
}

function remove(call: Call): Outcome {
  deleteMessage(call.tw, own(call))
  return { status: 204 }
}

type Route = (call: Call) => Outcome
interface Resource {
  readonly path: RegExp
  readonly mainOnly?: true
  readonly methods: Readonly<Record<string, Route>>
}

/** Paths below `/2010-04-01/Accounts/{AccountSid}`. */
const RESOURCES: readonly Resource[] = [
  {
    path: /^\.json$/,
    mainOnly: true,
    methods: { GET: ({ tw, account }) => ({ status: 200, body: accountEntity(tw, account) }) },
  },
  {
    path: /^\/Keys\.json$/,
    mainOnly: true,
    methods: { POST: ({ tw, account, form }) => ({ status: 201, body: createKey(tw, account, form) }) },
  },
  {
    path: /^\/Messages\.json$/,
    methods: {
      GET: ({ tw, account, query }) => ({ status: 200, body: listMessages(tw, account, query) }),
      POST: ({ tw, account, form }) => ({
        status: 201,
        body: messageEntity(tw, createMessage(tw, account, form)),
      }),
    },
  },
  {
    path: /^\/Messages\/((?:SM|MM)[0-9a-fA-F]{32})\.json$/,
    methods: {
      GET: (call) => ({ status: 200, body: messageEntity(call.tw, own(call)) }),
      POST: update,
      DELETE: remove,
    },
  },
]

/** The account's own token, or one of its API keys. */
function authenticate(tw: Twilio, request: Request): Caller {
  const given = basicAuth(request)
  const account = tw.world.accountByCredential('twilio', 'account_sid', given?.user ?? '')
  if (given !== undefined && account?.credentials['auth_token'] === given.password) {
    return { account: account.id, isMain: true }
  }
  const key = tw.state.keys.get(given?.user ?? '')
  if (given !== undefined && key?.secret === given.password) return { account: key.account, isMain: false }
  return refuse(20003, 'Authenticate')
}

async function formOf(request: Request): Promise<URLSearchParams> {
  const isForm = request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  const bytes = await readBody(request)
  return new URLSearchParams(isForm ? new TextDecoder().decode(bytes) : '')
}

async function outcomeOf(tw: Twilio, request: Request): Promise<Outcome> {
  const caller = authenticate(tw, request)
  const { pathname: path, searchParams: query } = new URL(request.url)
  const [, accountSid, rest] = /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})(.*)$/.exec(path) ?? []
  if (accountSid === undefined || rest === undefined) return notFound(path)
  if (accountSid !== tw.credential(caller.account, 'account_sid')) refuse(20003, 'Authenticate')
  for (const { path: pattern, methods, mainOnly } of RESOURCES) {
    const match = pattern.exec(rest)
    if (match === null) continue
    if (mainOnly === true && !caller.isMain) refuse(20003, 'Authenticate')
    const route = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
    if (route === undefined) return refuse(20004, 'Method not allowed')
    return route({ ...caller, tw, path, sid: match[1] ?? '', query, form: await formOf(request) })
  }
  return notFound(path)
}

/** Answers one request to `/2010-04-01/…`. */
export async function answer(tw: Twilio, request: Request): Promise<Response> {
  const headers = { 'twilio-request-id': tw.sid('RQ') }
  try {
    const { status, body } = await outcomeOf(tw, request)
    return body === undefined ? new Response(null, { status, headers }) : json(status, body, headers)
  } catch (error) {
    if (error instanceof Refusal) return refusalResponse(error, headers)
    throw error
  }
}
