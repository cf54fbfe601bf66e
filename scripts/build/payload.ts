/**
 * Lays the parts of csc one after the other and says where each one is.
 *
 * @module
 */

/** Where the loader finds a part. */
export type PartIndex = Record<string, [offset: number, size: number]>;

/** The parts as one run of bytes. */
export interface Payload {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offsets from the start of `bytes`. */
  readonly index: PartIndex;
}

/** Concatenates the parts in the order given. */
export function layOut(parts: ReadonlyMap<string, Uint8Array>): Payload {
  const index: PartIndex = {};
  let size = 0;
  for (const [name, bytes] of parts) {
    index[name] = [size, bytes.length];
    size += bytes.length;
  }
  const all = new Uint8Array(size);
  for (const [name, bytes] of parts) all.set(bytes, index[name]![0]);
  return { bytes: all, index };
}

/** The same index for a payload that starts at `base` of a larger file. */
export function shift(index: PartIndex, base: number): PartIndex {
  return Object.fromEntries(
    Object.entries(index).map(([name, [offset, size]]) => [
      name,
      [base + offset, size],
    ]),
  );
}
