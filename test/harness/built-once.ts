/** The order of test files: one browser test builds the dashboard, which takes a minute; the others come when it is built. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const inBrowser = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/e2e/')

/** Within each project as vitest has it: what took longest the last time comes first. */
export class BuiltOnce extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const projects = Map.groupBy(sorted, ({ project }) => project.name)
    return [...projects.values()].flatMap((ordered) => {
      const [builder, ...later] = ordered.filter(inBrowser)
      if (builder === undefined) return ordered
      return [builder, ...ordered.filter((file) => !inBrowser(file)), ...later]
    })
  }
}
