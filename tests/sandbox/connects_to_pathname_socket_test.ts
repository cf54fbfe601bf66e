import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { Listener } from "./listener.ts";

attackTest(
  "a socket file outside the scopes is out of reach, also by a link to it",
  async (place) => {
    const path = `${place.outside}/daemon.sock`;
    const link = `${place.write}/daemon.sock`;
    await using service = Listener.unix(path);
    await Deno.chmod(path, 0o777);
    await Deno.symlink(path, link);
    const labels = [`connect ${path}`, `connect ${link}`];
    assertPossible(await place.bareAttack("unix", path, link), ...labels);
    await service.received(2);

    const confined = await place.confinedAttack("unix", path, link);
    assertRan(confined);
    assertRefused(confined, ...labels);
    assert.equal(service.connections, 2);
  },
);
