/** The files that all of the listed folders have, tests apart: the skeleton that siblings share. */
export function sharedFiles(listings: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = listings
  return first
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
    .filter((file) => others.every((listing) => listing.includes(file)))
    .sort()
}
