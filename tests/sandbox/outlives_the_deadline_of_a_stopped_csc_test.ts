import { attackTest } from "./harness.ts";
import {
  endProcessesMentioning,
  eventually,
  processesMentioning,
} from "./running.ts";
import { assertStillBeating, beats } from "./survivors.ts";

attackTest(
  "a command does not gain time by csc being stopped",
  async (place) => {
    // What a deadline kept by the parent alone is worth.
    const bareFile = `${place.write}/bare`;
    const bare = place.start([
      "timeout",
      "-s",
      "KILL",
      "1",
      place.attacker,
      "heartbeat",
      bareFile,
    ]);
    await eventually("a heartbeat", async () => await beats(bareFile) > 0);
    bare.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await assertStillBeating(bareFile);
    bare.kill("SIGKILL");
    await bare.status();
    endProcessesMentioning(bareFile);

    const file = `${place.write}/confined`;
    const argv = [place.attacker, "heartbeat", file];
    const call = await place.prepare(argv, { timeoutSec: 1 });
    const csc = place.start(call.argv);
    await eventually("a heartbeat", async () => await beats(file) > 0);
    csc.kill("SIGSTOP");
    await eventually(
      "the end of all processes",
      () => processesMentioning(file).length === 0,
    );
    csc.kill("SIGCONT");
    await csc.status();
  },
);
