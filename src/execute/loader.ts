/**
 * The dynamic loader that a program asks for (ELF's PT_INTERP). Bundled apart
 * (scripts/build/apart.ts): only `exec: strict` has to know.
 *
 * @module
 */
import { readStart } from "./look.ts";

const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const PT_INTERP = 3;

/** Linkers put the headers and the name on the first page; editors may not. */
const FIRST_PAGE = 4096;
const LONGEST = 64 * 1024 * 1024;

/** Path of the loader; null for a static program, and for what is no program. */
export function loaderOf(path: string): string | null {
  const found = loaderIn(readStart(path, FIRST_PAGE));
  return found === "beyond" ? known(loaderIn(readStart(path, LONGEST))) : found;
}

function known(found: string | null): string | null {
  return found === "beyond" ? null : found;
}

/** The same from the start of a file; "beyond" where that is too short. */
export function loaderIn(bytes: Uint8Array<ArrayBuffer>): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    bytes.length < 64 || view.getUint32(0) !== MAGIC ||
    bytes[5] !== LITTLE_ENDIAN
  ) return null;
  const wide = bytes[4] === CLASS_64;
  const word = (at: number) =>
    wide ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true);
  const headers = word(wide ? 32 : 28);
  const size = view.getUint16(wide ? 54 : 42, true);
  const count = view.getUint16(wide ? 56 : 44, true);
  for (let index = 0; index < count; index++) {
    const at = headers + index * size;
    if (at + size > bytes.length || size < 32) return "beyond";
    if (view.getUint32(at, true) !== PT_INTERP) continue;
    const start = word(at + (wide ? 8 : 4));
    const length = word(at + (wide ? 32 : 16));
    if (start + length > bytes.length) return "beyond";
    const text = new TextDecoder().decode(
      bytes.subarray(start, start + length),
    );
    return text.split("\0")[0] || null;
  }
  return null;
}
