import {
  assertPossible,
  assertRan,
  assertRefusedOrKilled,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

const KINDS = ["raw IPv4", "raw IPv6", "packet raw", "packet datagram"];

attackTest("raw and packet sockets cannot be opened", async (place) => {
  assertPossible(await place.bareAttack("sockets"), ...KINDS);

  const confined = await place.confinedAttack("sockets");
  assertRan(confined);
  assertRefusedOrKilled(confined, ...KINDS);
});
