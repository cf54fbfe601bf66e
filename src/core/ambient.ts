/**
 * Time and chance, as a seam: tests pass their own, `compose.ts` the real ones.
 *
 * @module
 */

/** Reads the time. */
export interface Clock {
  /** Wall-clock time, milliseconds since the Unix epoch. */
  now(): number;
  /** Monotonic time, milliseconds; only differences mean anything. */
  monotonic(): number;
}

/** Draws unpredictable bytes. */
export interface Random {
  /** Returns `length` bytes from a cryptographic source. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
}
