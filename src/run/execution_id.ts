/**
 * The name of one run.
 *
 * @module
 */
import type { Clock, Random } from "../core/ambient.ts";
import { toHex } from "../core/bytes.ts";

/**
 * Makes a UUID of version 7 (RFC 9562 §5.7): 48 bits of milliseconds, so that
 * names sort by time, then 74 random bits.
 */
export function newExecutionId(clock: Clock, random: Random): string {
  const bytes = random.bytes(16);
  let time = clock.now();
  for (let index = 5; index >= 0; index--) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = toHex(bytes);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
