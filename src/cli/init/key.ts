/**
 * The key of a setup: the one that is there, or a new one.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import type { Random } from "../../core/ambient.ts";
import { CscError } from "../../core/errors.ts";
import { quote } from "../../core/text.ts";
import {
  generateKeyPair,
  loadPublicKey,
  loadSigner,
} from "../../sign/file_signer.ts";
import { encodePem, encodeSpki } from "../../sign/pem.ts";
import { usage } from "../arguments.ts";
import { readPrivateKey, readPublicKey } from "../inputs.ts";
import { checkKeyFileName, defaultKeyId } from "../key_names.ts";
import type { Place } from "./place.ts";

/** A key that runs will be signed with. */
export interface SetupKey {
  readonly keyId: string;
  /** Path of the private half. */
  readonly path: string;
  /** PEM of the public half. */
  readonly publicPem: string;
  /** PEM of the private half; null where it is in its file already. */
  readonly privatePem: string | null;
}

const SUFFIX = ".key";

/**
 * The key that the configuration names, else the one in `keys/`, else a new
 * one.
 *
 * @param wanted `--key-id`.
 * @throws CscError KEY_INVALID or INPUT_UNREADABLE for a key that cannot be
 * used, USAGE where it is not clear which is meant.
 */
export async function keyFor(
  place: Place,
  config: Config | null,
  wanted: string | undefined,
  random: Random,
): Promise<SetupKey> {
  if (wanted !== undefined) checkKeyFileName(wanted, "init");
  const configured = config?.signing;
  if (configured?.key !== undefined) {
    const keyId = configured.key_id ?? wanted ?? nameOf(configured.key);
    if (wanted !== undefined && wanted !== keyId) {
      throw usage(
        { name: "init" },
        `key id ${quote(wanted)} is asked for, but ${quote(place.config)} ` +
          `names ${quote(keyId)}`,
      );
    }
    return await existing(place, configured.key, keyId);
  }
  const directory = `${place.base}/keys`;
  const found = keysIn(directory);
  const keyId = wanted ?? only(found, directory);
  if (keyId !== undefined && found.includes(keyId)) {
    return await existing(place, `${directory}/${keyId}${SUFFIX}`, keyId);
  }
  const pair = await generateKeyPair(random);
  pair.seed.fill(0);
  const newId = keyId ?? await defaultKeyId(pair);
  return {
    keyId: newId,
    path: `${directory}/${newId}${SUFFIX}`,
    publicPem: pair.publicPem,
    privatePem: pair.privatePem,
  };
}

async function existing(
  { uid }: Place,
  path: string,
  keyId: string,
): Promise<SetupKey> {
  const { bytes, source } = readPrivateKey(path, uid);
  const signer = await loadSigner(bytes, keyId, source);
  bytes.fill(0);
  const publicPem = encodePem(
    "PUBLIC KEY",
    encodeSpki(await signer.publicKey()),
  );
  return { keyId, path, publicPem, privatePem: null };
}

function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
}

/** Ids of the keys in a directory, by the names of their files. */
function keysIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name)
      .filter((name) => name.endsWith(SUFFIX)).map(nameOf).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function only(
  found: readonly string[],
  directory: string,
): string | undefined {
  if (found.length < 2) return found[0];
  throw usage(
    { name: "init" },
    `${quote(directory)} holds several keys: choose one with "--key-id", ` +
      found.map((id) => quote(id)).join(" or "),
  );
}

/**
 * Where the public half goes, or lies already, in a trust store. Throws
 * KEY_INVALID where another key is trusted under this id.
 */
export function trustedPath(store: string, key: SetupKey): string {
  const path = `${store}/${key.keyId}.pub`;
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
  const { bytes, source } = readPublicKey(path);
  const spki = encodeSpki(loadPublicKey(bytes, source));
  if (encodePem("PUBLIC KEY", spki) === key.publicPem) return path;
  throw new CscError(
    "KEY_INVALID",
    `trust key ${quote(key.keyId)}: ${quote(path)} is not the public half of ` +
      quote(key.path),
    { hint: "Choose another id with --key-id, or move that file away." },
  );
}
