/** Plain JavaScript, because `bootstrap.mjs` needs it before anything is installed. */

/**
 * What vitest is told: the words before the first option name files of the folder; without any it is all of them.
 * @param {string} folder
 * @param {readonly string[]} words
 * @returns {string[]}
 */
export function filesWithin(folder, words) {
  const option = words.findIndex((word) => word.startsWith('-'))
  const [names, options] = option === -1 ? [words, []] : [words.slice(0, option), words.slice(option)]
  return [...(names.length === 0 ? [folder] : names.map((name) => `${folder}/${name}`)), ...options]
}
