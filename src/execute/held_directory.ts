/**
 * Directories held open by descriptor: what csc writes lands where it was meant
 * to, whatever becomes of the path meanwhile (invariant 11).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { errnoText } from "./errno.ts";
import {
  type Bytes,
  closeDescriptor,
  FILE_OP,
  files,
  NO_FD,
} from "./native.ts";

/** CSC_SYNC_* of native/bridge/bridge.h. */
const SYNC_NONE = 0;
const SYNC_ALL = 1;
const SYNC_FILE = 2;

/** A directory held open by descriptor; names are single components. */
export interface HeldDirectory {
  /** Creates `name` (mode 0700) if absent, opens it without following links. */
  directory(name: string): HeldDirectory;
  /** Replaces `name` in one step; durable when it returns. */
  replace(name: string, bytes: Uint8Array, mode: number): void;
  /** Like `replace`, but durable only after the next `replace` or `sync` here. */
  replaceEarly(name: string, bytes: Uint8Array, mode: number): void;
  /** Creates `name`, durable when it returns; false if it exists already. */
  createOnce(name: string, bytes: Uint8Array, mode: number): boolean;
  /** Replaces `name` in one step; a power cut may lose it. */
  put(name: string, bytes: Uint8Array, mode: number): void;
  /** Makes what was put, and the entries of this directory, durable. */
  sync(): void;
  /**
   * The ordinary file `name`, null where there is none. Throws for what is
   * there and no ordinary file, cannot be read, or has more bytes.
   */
  read(name: string, maxBytes: number): Uint8Array | null;
  /** Throws where no file can be made; leaves none. */
  tryMaking(): void;
  /** Owner, mode and identity of the directory. */
  info(): Deno.FileInfo;
  /** Where it lies now: its path without links. */
  place(): string;
  close(): void;
}

/**
 * Opens a directory by its path, once, so that later writes cannot be led
 * elsewhere. Throws STATE_UNAVAILABLE.
 */
export function openDirectory(path: string): HeldDirectory {
  const fd = files(FILE_OP.openDirectory, NO_FD, path);
  if (fd < 0) throw unavailable("open directory", path, -fd);
  return new Held(fd, path);
}

class Held implements HeldDirectory {
  readonly #fd: number;
  readonly #path: string;

  /** For messages: the path of something in here. */
  #join(name: string): string {
    return `${this.#path.replace(/\/+$/, "")}/${name}`;
  }

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }

  directory(name: string): HeldDirectory {
    const path = this.#join(name);
    const fd = files(FILE_OP.enterDirectory, this.#fd, name);
    if (fd < 0) throw unavailable("open directory", path, -fd);
    return new Held(fd, path);
  }

  replace(name: string, bytes: Uint8Array, mode: number): void {
    this.#replace(name, bytes, mode, SYNC_ALL);
  }

  replaceEarly(name: string, bytes: Uint8Array, mode: number): void {
    this.#replace(name, bytes, mode, SYNC_FILE);
  }

  put(name: string, bytes: Uint8Array, mode: number): void {
    this.#replace(name, bytes, mode, SYNC_NONE);
  }

  createOnce(name: string, bytes: Uint8Array, mode: number): boolean {
    const done = files(
      FILE_OP.create,
      this.#fd,
      name,
      null,
      own(bytes),
      mode,
      1,
    );
    if (done === 0) return true;
    if (-done === EEXIST) return false;
    throw unavailable("write", this.#join(name), -done);
  }

  sync(): void {
    const done = files(FILE_OP.syncDirectory, this.#fd);
    if (done < 0) throw unavailable("sync directory", this.#path, -done);
  }

  read(name: string, maxBytes: number): Uint8Array | null {
    const path = this.#join(name);
    const fd = files(FILE_OP.openFile, this.#fd, name);
    if (fd === -ENOENT) return null;
    if (fd < 0) throw unavailable("read", path, -fd);
    try {
      const { size } = Deno.statSync(descriptorPath(fd));
      if (size > maxBytes) throw unavailable("read", path, EFBIG);
      return Deno.readFileSync(descriptorPath(fd));
    } finally {
      closeDescriptor(fd);
    }
  }

  tryMaking(): void {
    const done = files(FILE_OP.tryMaking, this.#fd, `.csc.${Deno.pid}.tmp`);
    if (done < 0) throw unavailable("make a file in", this.#path, -done);
  }

  info(): Deno.FileInfo {
    return Deno.statSync(descriptorPath(this.#fd));
  }

  place(): string {
    return Deno.readLinkSync(descriptorPath(this.#fd));
  }

  close(): void {
    closeDescriptor(this.#fd);
  }

  #replace(name: string, bytes: Uint8Array, mode: number, sync: number) {
    // A leftover of a crashed csc has another process's number, or is ours.
    const temporary = `.${name}.${Deno.pid}.tmp`;
    const done = files(
      FILE_OP.replace,
      this.#fd,
      name,
      temporary,
      own(bytes),
      mode,
      sync,
    );
    if (done < 0) throw unavailable("write", this.#join(name), -done);
  }
}

const ENOENT = 2;
const EEXIST = 17;
const EFBIG = 27;

function descriptorPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

/** FFI takes plain array buffers only. */
function own(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer
    ? bytes as Bytes
    : new Uint8Array(bytes);
}

function unavailable(what: string, path: string, errno: number): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    `${what} ${quote(path)}: ${errnoText(errno)}`,
    { hint: "Check that the directory exists, is writable and has space." },
  );
}
