import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("abstract sockets of the host are out of reach", async (place) => {
  const name = `csc-attack-${crypto.randomUUID()}`;
  const service = place.start([place.attacker, "listen-abstract", name]);
  await service.until("listening");
  assertPossible(await place.bareAttack("abstract", name), "connect abstract");
  await service.until("received: hello");

  const before = service.output;
  const confined = await place.confinedAttack("abstract", name);
  assertRan(confined);
  assertRefused(confined, "connect abstract");
  assert.equal(service.output, before);
});
