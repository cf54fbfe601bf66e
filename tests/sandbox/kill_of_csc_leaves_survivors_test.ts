import { attackTest } from "./harness.ts";
import {
  endProcessesMentioning,
  eventually,
  processesMentioning,
} from "./running.ts";
import { assertStill, assertStillBeating, beats } from "./survivors.ts";

attackTest("SIGKILL of csc ends every process of the run", async (place) => {
  const bareFile = `${place.write}/bare`;
  const bare = place.start([
    "/bin/sh",
    "-c",
    '"$@"; true',
    "sh",
    place.attacker,
    "heartbeat",
    bareFile,
  ]);
  await eventually("a heartbeat", async () => await beats(bareFile) > 0);
  bare.kill("SIGKILL");
  await bare.status();
  await assertStillBeating(bareFile);
  endProcessesMentioning(bareFile);

  const file = `${place.write}/confined`;
  const call = await place.prepare([place.attacker, "heartbeat", file]);
  const csc = place.start(call.argv);
  await eventually("a heartbeat", async () => await beats(file) > 0);
  csc.kill("SIGKILL");
  await csc.status();
  await eventually(
    "the end of all processes",
    () => processesMentioning(file).length === 0,
  );
  await assertStill(file);
});
