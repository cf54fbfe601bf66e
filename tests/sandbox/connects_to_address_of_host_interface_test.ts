import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";
import { Listener } from "./listener.ts";

attackTest(
  "the host's own addresses are out of reach, by TCP and by UDP",
  async (place) => {
    const address = Deno.networkInterfaces().find((one) =>
      one.family === "IPv4" && !one.address.startsWith("127.")
    )?.address;
    if (address === undefined) {
      skipSecurityTest(
        "only a loopback interface here",
      );
    }
    await using service = Listener.tcp(address);
    const target = [address, String(service.port)];
    assertPossible(
      await place.bareAttack("tcp", ...target),
      `connect ${address}`,
    );
    assertPossible(await place.bareAttack("udp", ...target), `send ${address}`);
    await service.received(1);

    const before = service.connections;
    const tcp = await place.confinedAttack("tcp", ...target);
    assertRan(tcp);
    assertRefused(tcp, `connect ${address}`);
    const udp = await place.confinedAttack("udp", ...target);
    assertRan(udp);
    assertRefused(udp, `send ${address}`);
    assert.equal(service.connections, before);
  },
);
