import Link from 'next/link'
import { currentPage, SECTIONS } from './sections.ts'

interface NavListProps {
  readonly path: string
  readonly onGo?: () => void
}

/** All pages under their headings, with the current one marked. */
export function NavList({ path, onGo = () => {} }: NavListProps) {
  const here = currentPage(path)
  return (
    <nav aria-label="Pages" className="flex flex-col gap-5 text-sm">
      {SECTIONS.map(({ title, pages }) => (
        <div key={title}>
          <p className="px-3 pb-1 text-xs font-medium text-muted">{title}</p>
          <ul>
            {pages.map(({ href, label }) => (
              <li key={href}>
                <Link
                  href={href}
                  prefetch={false}
                  onClick={onGo}
                  aria-current={href === here ? 'page' : undefined}
                  className={`block rounded-lg px-3 py-1.5 ${
                    href === here
                      ? 'bg-raised font-medium text-ink'
                      : 'text-muted hover:bg-raised hover:text-ink'
                  }`}
                >
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
