import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { Listener } from "./listener.ts";

attackTest(
  "services on the host's loopback are out of reach",
  async (place) => {
    await using service = Listener.tcp("127.0.0.1");
    const port = String(service.port);
    const spellings = [
      "127.0.0.1",
      "127.1.2.3",
      "0.0.0.0",
      "::1",
      "::ffff:127.0.0.1",
    ];
    const targets = spellings.flatMap((address) => [address, port]);
    assertPossible(
      await place.bareAttack("tcp", ...targets),
      "connect 127.0.0.1",
    );
    await service.received(1);

    const before = service.connections;
    const confined = await place.confinedAttack("tcp", ...targets);
    assertRan(confined);
    assertRefused(
      confined,
      ...spellings.map((address) => `connect ${address}`),
    );
    assert.equal(service.connections, before);
  },
);
