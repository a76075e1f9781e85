'use client'

import type { RoutingPolicy, RoutingRule, RoutingSimulation, RoutingUse } from 'onerouter'
import { useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction } from '../ui/feedback.tsx'
import { given } from '../ui/given.ts'
import { Notice } from '../ui/notice.tsx'
import { differences, type RuleSet } from './diff.ts'
import { Differences } from './differences.tsx'
import { routeInWords } from './in-words.ts'
import { faultyRules, type Problems, problemAt, problemsOf } from './problems.ts'
import { DefaultForm, RuleForm } from './rule-form.tsx'
import { RuleList } from './rule-list.tsx'
import { SaveForm } from './save-form.tsx'
import { WhatIf } from './what-if.tsx'

/** Shows what was refused at its field; @throws whatever no field is to blame for. */
export type Refused = (error: unknown) => void
/** What is open beside the rules: a rule by its place, the default, or the question how to save. */
type Open = number | 'default' | 'save' | null

const freshRule = (rules: readonly RoutingRule[]): RoutingRule => {
  const taken = new Set(rules.map(({ name }) => name))
  const name = Array.from({ length: rules.length + 1 }, (_, at) => `Rule ${at + 1}`).find(
    (one) => !taken.has(one),
  )
  return { name: name ?? '', use: { strategy: 'order', providers: ['stripe'] } }
}

/** The rules as they are being written: nothing holds before it is saved, and everything can be tried before. */
export function Editor({ policy, onDone }: { readonly policy: RoutingPolicy; readonly onDone: () => void }) {
  const [set, setSet] = useState<RuleSet>({ rules: policy.rules, default: policy.default })
  const [open, setOpen] = useState<Open>(null)
  const [problems, setProblems] = useState<Problems>([])
  const [simulation, setSimulation] = useState<RoutingSimulation | null>(null)
  const changes = differences(policy, set)
  const change = (next: Partial<RuleSet>) => {
    setSet({ ...set, ...next })
    setProblems([])
    setSimulation(null)
  }
  const refused: Refused = (error) => {
    const found = problemsOf(error)
    const faulty = faultyRules(found)[0] ?? (problemAt(found, '/default') === undefined ? null : 'default')
    if (faulty === null) throw error
    setProblems(found)
    setOpen(faulty)
  }
  return (
    <>
      <Card
        title={policy.version === 0 ? 'Rules' : `Rules, version ${policy.version}`}
        action={
          <button type="button" className={buttonStyle('plain')} onClick={() => setOpen(set.rules.length)}>
            Add a rule
          </button>
        }
      >
        <RuleList
          rules={set.rules}
          problems={problems}
          onChange={(rules) => change({ rules })}
          onEdit={setOpen}
        />
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-4 sm:px-5">
          <p className="min-w-0 text-sm">
            <span className="block font-medium">Everything else</span>
            <span className="text-muted">
              {set.default === null ? 'The default order of the currency' : routeInWords(set.default)}
            </span>
          </p>
          <button type="button" className={buttonStyle('plain')} onClick={() => setOpen('default')}>
            Change
          </button>
        </div>
      </Card>
      <Unsaved
        set={set}
        changed={changes.length > 0}
        onDiscard={() => change({ rules: policy.rules, default: policy.default })}
        onSave={() => setOpen('save')}
        onSimulated={setSimulation}
        onRefused={refused}
      />
      {simulation !== null && <WhatIf simulation={simulation} />}
      <Forms open={open} set={set} problems={problems} onClose={() => setOpen(null)} onChange={change} />
      <Dialog open={open === 'save'} onClose={() => setOpen(null)} title="Save the rules">
        <Differences found={changes} />
        <SaveForm
          set={set}
          base={policy.version}
          onRefused={refused}
          onSaved={() => {
            setOpen(null)
            onDone()
          }}
        />
      </Dialog>
    </>
  )
}

/** What can be done with rules as they stand here. Trying is always possible, saving when something is different. */
function Unsaved(props: {
  readonly set: RuleSet
  readonly changed: boolean
  readonly onDiscard: () => void
  readonly onSave: () => void
  readonly onSimulated: (simulation: RoutingSimulation) => void
  readonly onRefused: Refused
}) {
  const { set, changed, onDiscard, onSave, onSimulated, onRefused } = props
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const simulate = () =>
    run(async () => {
      const rules = { rules: set.rules, ...given({ default: set.default ?? undefined }) }
      try {
        onSimulated(await client.routing.simulate({ ...rules, environment }))
      } catch (error) {
        onRefused(error)
      }
    })
  return (
    <div>
      {changed && <Notice kind="good">These rules are not saved yet.</Notice>}
      <div className="mt-3 flex flex-wrap gap-3">
        <button type="button" disabled={busy} className={buttonStyle('plain')} onClick={simulate}>
          {busy ? 'Looking…' : 'What would change?'}
        </button>
        <button type="button" disabled={!changed} className={buttonStyle('main')} onClick={onSave}>
          Save…
        </button>
        {changed && (
          <button type="button" className={buttonStyle('quiet')} onClick={onDiscard}>
            Discard
          </button>
        )}
      </div>
    </div>
  )
}

/** What opens to write one rule, or where everything else goes. */
function Forms(props: {
  readonly open: Open
  readonly set: RuleSet
  readonly problems: Problems
  readonly onClose: () => void
  readonly onChange: (next: Partial<RuleSet>) => void
}) {
  const { open, set, problems, onClose, onChange } = props
  const keepRule = (place: number) => (rule: RoutingRule) => {
    onChange({ rules: [...set.rules.slice(0, place), rule, ...set.rules.slice(place + 1)] })
    onClose()
  }
  const keepDefault = (use: RoutingUse | null) => {
    onChange({ default: use })
    onClose()
  }
  return (
    <>
      <Dialog place="side" open={typeof open === 'number'} onClose={onClose} title="A rule">
        {typeof open === 'number' && (
          <RuleForm
            rule={set.rules[open] ?? freshRule(set.rules)}
            place={open}
            problems={problems}
            onDone={keepRule(open)}
          />
        )}
      </Dialog>
      <Dialog place="side" open={open === 'default'} onClose={onClose} title="Everything else">
        <DefaultForm use={set.default} problems={problems} onDone={keepDefault} />
      </Dialog>
    </>
  )
}
