/** The class of each error code, for Python. */
import { CLASS_OF_CODE, CLASS_OF_STATUS } from '../../packages/sdk/src/errors.ts'

export function renderErrorCodes(): string {
  const named = (cls: { readonly kind: string }) => cls.kind
  const codes = Object.entries(CLASS_OF_CODE).map(([code, cls]) => `    "${code}": errors.${named(cls)},`)
  const statuses = Object.entries(CLASS_OF_STATUS).map(
    ([status, cls]) => `    ${status}: errors.${named(cls)},`,
  )
  return `"""The class of each error code. Made by \`\`npm run gen\`\`."""

from typing import Dict, Type

from .. import _errors as errors

CLASS_OF_CODE: Dict[str, Type[errors.APIError]] = {
${codes.join('\n')}
}

CLASS_OF_STATUS: Dict[int, Type[errors.APIError]] = {
${statuses.join('\n')}
}


def error_class_of(code: str, status: int) -> Type[errors.APIError]:
    """The class for a refusal: by its code where that is known, else by its status."""
    if code in CLASS_OF_CODE:
        return CLASS_OF_CODE[code]
    if status >= 500:
        return errors.ServerError
    return CLASS_OF_STATUS.get(status, errors.ValidationError if status >= 400 else errors.APIError)
`
}
