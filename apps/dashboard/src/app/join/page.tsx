import { JoinForm } from '../../session/join-form.tsx'

export const metadata = { title: 'Join the team' }

export default function JoinPage() {
  return <JoinForm />
}
