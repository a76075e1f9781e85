/** Reads a Dockerfile and does its steps in plain folders: every COPY from what a clone has, every RUN as it is written. */
import { spawn } from 'node:child_process'
import { cp, mkdir, readFile } from 'node:fs/promises'
import { basename, join, matchesGlob } from 'node:path'

export interface Instruction {
  readonly keyword: string
  readonly text: string
}

/** One instruction per line, continuations joined, comments left out. */
export function instructionsOf(dockerfile: string): readonly Instruction[] {
  return dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', text = ''] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? []
      return { keyword: keyword.toUpperCase(), text: text.trim().replace(/\s+/g, ' ') }
    })
}

/** What a stage has become. */
export interface Image {
  /** Stands for `/`. */
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly healthcheck: readonly string[]
}

export interface Context {
  /** The repository. */
  readonly source: string
  /** Files of a clone, from the repository's root; what is ignored is left out by `contextFiles`. */
  readonly files: readonly string[]
  /** Where the stages are made. */
  readonly folder: string
  /** Of the machine: where its programs are, and how it reaches its registries. */
  readonly env: NodeJS.ProcessEnv
  /** What the base image brings. */
  readonly base: (image: string, root: string) => Promise<void>
  readonly runWithinMs: number
}

/** The files of a clone that `.dockerignore` lets into an image. */
export async function contextFiles(source: string, tracked: readonly string[]): Promise<readonly string[]> {
  const ignore = (await readFile(join(source, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
  const ignored = (file: string) =>
    ignore.some((pattern) => matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`))
  return tracked.filter((file) => !ignored(file))
}

/** Makes every stage; answers with the last. */
export async function perform(dockerfile: string, context: Context): Promise<Image> {
  const stages = new Map<string, Image>()
  let image: Image | undefined
  for (const { keyword, text } of instructionsOf(await readFile(dockerfile, 'utf8'))) {
    if (keyword === 'FROM') {
      const [from = '', , name = String(stages.size)] = text.split(' ')
      image = await begin(from, join(context.folder, name), context)
      stages.set(name, image)
      continue
    }
    if (image === undefined) throw new Error(`${keyword} before FROM`)
    image = await STEPS[keywordOf(keyword)](image, text, { ...context, stages })
    stages.set([...stages.keys()].at(-1) ?? '', image)
  }
  if (image === undefined) throw new Error(`${dockerfile} makes no image`)
  return image
}

async function begin(from: string, root: string, context: Context): Promise<Image> {
  await mkdir(root, { recursive: true })
  await context.base(from, root)
  return { root, workdir: '/', env: {}, entrypoint: [], cmd: [], healthcheck: [] }
}

type Making = Context & { readonly stages: ReadonlyMap<string, Image> }
type Step = (image: Image, text: string, making: Making) => Promise<Image>

/** Whoever uses another instruction says here what it means. */
const STEPS = {
  WORKDIR: async (image, text) => {
    await mkdir(join(image.root, text), { recursive: true })
    return { ...image, workdir: text }
  },
  ENV: async (image, text) => ({
    ...image,
    env: { ...image.env, ...Object.fromEntries(text.split(' ').map((pair) => pair.split('=', 2))) },
  }),
  COPY: async (image, text, making) => {
    await copy(image, text.split(' '), making)
    return image
  },
  RUN: async (image, text, making) => {
    await run(image, text, making)
    return image
  },
  ENTRYPOINT: async (image, text) => ({ ...image, entrypoint: JSON.parse(text) as string[] }), // the exec form
  CMD: async (image, text) => ({ ...image, cmd: JSON.parse(text) as string[] }), // the exec form
  HEALTHCHECK: async (image, text) => ({
    ...image,
    healthcheck: JSON.parse(text.replace(/^.*?CMD /, '')) as string[], // the exec form
  }),
  USER: async (image) => image,
  EXPOSE: async (image) => image,
  STOPSIGNAL: async (image) => image,
} as const satisfies Record<string, Step>

function keywordOf(keyword: string): keyof typeof STEPS {
  if (keyword in STEPS) return keyword as keyof typeof STEPS // just looked up
  throw new Error(`nobody says what ${keyword} does`)
}

async function copy(image: Image, words: readonly string[], making: Making): Promise<void> {
  const [first = ''] = words
  const stage = /^--from=(.+)$/.exec(first)?.[1]
  const paths = stage === undefined ? words : words.slice(1)
  const target = join(image.root, image.workdir, paths.at(-1) ?? '')
  for (const source of paths.slice(0, -1)) {
    if (stage !== undefined) await copyFrom(join(making.stages.get(stage)?.root ?? stage, source), target)
    else await copyContext(source, paths, target, making)
  }
}

/** From another stage: a folder's content, or a file, under the new name. */
async function copyFrom(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  await cp(source, target, { recursive: true, verbatimSymlinks: true })
}

/** A folder gives its content, a file goes into a folder, or under a new name where no folder is named. */
async function copyContext(
  source: string,
  paths: readonly string[],
  target: string,
  { source: repository, files }: Making,
): Promise<void> {
  const inside = files.filter((file) => file.startsWith(`${source}/`))
  const intoFolder = paths.length > 2 || (paths.at(-1) ?? '').endsWith('/')
  if (files.includes(source)) {
    const into = intoFolder ? join(target, basename(source)) : target
    await cp(join(repository, source), into)
    return
  }
  if (inside.length === 0) throw new Error(`COPY ${source}: a clone has no such file`)
  for (const file of inside) await cp(join(repository, file), join(target, file.slice(source.length + 1)))
}

async function run(image: Image, command: string, { env, runWithinMs }: Making): Promise<void> {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: join(image.root, image.workdir),
    env: { ...env, ...image.env, PATH: `${join(image.root, 'usr/local/bin')}:${env.PATH}` },
    timeout: runWithinMs,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`RUN ${command}\nended with ${code}:\n${output}`)
}
