/**
 * A home of its own for one test of `csc init`.
 *
 * @module
 */
import { loadConfig } from "../../../src/config/find.ts";
import { tempPlace } from "../run/temp_place.ts";
import { speak, type Spoken } from "./fakes.ts";

const UID = Deno.uid() ?? 0;

/** A home of its own, and csc init in it. */
export function home() {
  const root = tempPlace();
  const work = `${root}/work`;
  const xdg = `${root}/xdg`;
  Deno.mkdirSync(work);
  const env = (name: string) => name === "XDG_CONFIG_HOME" ? xdg : undefined;
  return {
    root,
    work,
    base: `${xdg}/csc`,
    env,
    init: (...words: string[]): Promise<Spoken> =>
      speak(["init", ...words], {}, { env }),
    config: () =>
      loadConfig({
        named: undefined,
        uid: UID,
        env,
        flags: { options: new Map(), switches: new Set() },
        system: { path: `${root}/no/config.yaml`, owner: 0 },
      }),
  };
}

/** Every file below a directory, with its mode and text. */
export function snapshot(directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (isSymlink) {
      files[path] = `to ${Deno.readLinkSync(path)}`;
      continue;
    }
    const mode = ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
    files[path] = isDirectory ? mode : `${mode} ${Deno.readTextFileSync(path)}`;
    if (isDirectory) Object.assign(files, snapshot(path));
  }
  return files;
}
