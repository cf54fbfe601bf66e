import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["process_vm_writev", "process_vm_readv", "kcmp", "ptrace"];

attackTest(
  "no process is traced or patched, not even one of the command's own",
  async (place) => {
    assertPossible(await place.bareAttack("patch-sibling"), ...WAYS);

    const confined = await place.confinedAttack("patch-sibling");
    assertRan(confined);
    assertRefused(confined, ...WAYS);
  },
);
