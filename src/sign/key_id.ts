/**
 * What may name a key.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";

/**
 * Refuses names that could not be shown, quoted or looked up safely.
 *
 * @throws CscError KEY_INVALID.
 */
export function checkKeyId(keyId: string): void {
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  if (/^[^\u0000-\u001f\u007f-\u009f]{1,256}$/u.test(keyId)) return;
  throw new CscError(
    "KEY_INVALID",
    `cannot use key id ${quote(keyId)}: it is empty, longer than 256 ` +
      "characters or holds control characters",
    { hint: 'Give the key a short name, for instance "--key-id ci-2026".' },
  );
}
