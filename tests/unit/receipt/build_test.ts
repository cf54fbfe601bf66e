import assert from "node:assert/strict";
import { cutText, errorText } from "../../../src/receipt/build.ts";
import { result, stream } from "../run/fakes.ts";

const MARK = "... [truncated]";

Deno.test("cutText() leaves 4000 characters alone", () => {
  assert.equal(cutText("x".repeat(4000)), "x".repeat(4000));
});

Deno.test("cutText() cuts 4001 characters to 4000 with the mark", () => {
  const cut = cutText("x".repeat(4001));
  assert.equal(cut.length, 4000);
  assert.ok(cut.endsWith(`x${MARK}`));
});

Deno.test("cutText() counts and cuts code points", () => {
  const faces = "\u{1F600}".repeat(4000);
  assert.equal(cutText(faces), faces);
  const cut = cutText(`${faces}!`);
  assert.equal([...cut].length, 4000);
  assert.ok(cut.isWellFormed());
});

Deno.test("errorText() is empty for a command that exited 0", async () => {
  const noisy = await result(0, { stderr: await stream("warning\n") });
  assert.equal(errorText(noisy), "");
});

Deno.test("errorText() is stderr for one that failed, bad bytes replaced", async () => {
  const stderr = { ...await stream(""), bytes: new Uint8Array([0x61, 0xff]) };
  assert.equal(errorText(await result(1, { stderr })), "a\uFFFD");
});

Deno.test("errorText() cuts a long stderr of wide characters whole", async () => {
  const stderr = await stream("\u{1F600}".repeat(20_000));
  const text = errorText(await result(1, { stderr }));
  assert.equal([...text].length, 4000);
  assert.ok(text.endsWith(`\u{1F600}${MARK}`));
});
