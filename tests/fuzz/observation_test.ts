/**
 * What csc makes of an observation whose lengths and counts the bridge has
 * found sound, and whose other bytes are anybody's.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeObservation,
  OBSERVATION_MAX,
} from "../../src/execute/observation.ts";
import { STAGES } from "../../src/execute/status.ts";
import { holds } from "./property.ts";

const MAGIC = 0x31424f43;
/** sizeof(struct csc_observation); its layout is compared in tests/native. */
const HEADER = 80 + 12 * 8 + 16 * 16 + 48 * 10 + 384;

const observations = fc.tuple(
  fc.uint8Array({ minLength: HEADER, maxLength: HEADER + 400 }),
  fc.nat({ max: 400 }),
  fc.nat({ max: 16 }),
  fc.nat({ max: 10 }),
  fc.nat({ max: 32 }),
).map(([noise, filter, limits, files, stages]) => {
  const bytes = new Uint8Array(OBSERVATION_MAX);
  bytes.set(noise);
  const view = new DataView(bytes.buffer);
  const body = noise.length - HEADER;
  const filterLength = Math.min(filter, body);
  const numbers = [MAGIC, noise.length, filterLength, body - filterLength];
  for (const [index, value] of numbers.entries()) {
    view.setUint32(index * 4, value, true);
  }
  view.setUint32(36, limits, true);
  view.setUint32(40, files, true);
  view.setUint32(44, stages, true);
  return { bytes, limits, files, body: body - filterLength };
});

Deno.test("observation: any sound one is decoded, and no more than was sent", async () => {
  await holds(observations, ({ bytes, limits, files, body }) => {
    const seen = decodeObservation(bytes);
    assert.ok(seen !== null);
    assert.ok(seen.limits.size <= limits);
    assert.equal(seen.files.length, files);
    for (const stage of seen.stages) assert.ok(STAGES.includes(stage));
    const mounts = JSON.stringify(seen.seen["mounts"]);
    assert.ok(mounts.length <= 8 * body + 64);
  });
});

Deno.test("observation: there is none without its magic", async () => {
  await holds(observations, ({ bytes }) => {
    bytes[0]! ^= 1;
    assert.equal(decodeObservation(bytes), null);
  });
});
