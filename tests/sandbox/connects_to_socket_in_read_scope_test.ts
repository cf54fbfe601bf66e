import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { Listener } from "./listener.ts";

attackTest(
  "a socket that lies in a scope is no way out of the network namespace",
  async (place) => {
    const path = `${place.read}/daemon.sock`;
    await using service = Listener.unix(path);
    await Deno.chmod(path, 0o777);
    const label = `connect ${path}`;
    assertPossible(await place.bareAttack("unix", path), label);
    await service.received(1);

    const confined = await place.confinedAttack("unix", path);
    assertRan(confined);
    assertRefused(confined, label);
    assert.equal(service.connections, 1);
  },
);
