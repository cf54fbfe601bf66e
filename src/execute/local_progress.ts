/**
 * The line on a terminal that says how long a local command has run; the
 * bridge draws the same for a hardened one (native/bridge/progress.c).
 *
 * @module
 */
import type { LiveWriter } from "./local_capture.ts";

/** A run that is over sooner needs no line; milliseconds. */
const FIRST_MS = 2000;
const EVERY_MS = 250;
const ERASE = "\r\x1b[K";
const FRAMES = "|/-\\";
const LINE_FEED = 0x0a;

/** One line on one terminal. */
export class LocalProgress {
  #shown = false;
  /** Output ended within a line, which is not ours to overwrite. */
  #midline = false;
  /** Writes under way; a line drawn between them would tear them apart. */
  #writing = 0;
  #frame = 0;
  readonly #from: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param fd The terminal.
   * @param monotonic The time, milliseconds.
   */
  constructor(
    private readonly write: LiveWriter,
    private readonly fd: number,
    private readonly monotonic: () => number,
  ) {
    this.#from = monotonic();
    this.#timer = setTimeout(() => this.#tick(), FIRST_MS);
  }

  /** Passes on output that goes to the same terminal. */
  async pass(fd: number, bytes: Uint8Array): Promise<void> {
    const last = bytes.at(-1);
    if (last === undefined) return;
    this.#writing++;
    try {
      await this.#erase();
      await this.write(fd, bytes);
      this.#midline = last !== LINE_FEED;
    } finally {
      this.#writing--;
    }
  }

  /** Takes the line away for good. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#erase();
  }

  async #tick(): Promise<void> {
    if (!this.#midline && this.#writing === 0) {
      const seconds = Math.floor((this.monotonic() - this.#from) / 1000);
      const frame = FRAMES[this.#frame++ % FRAMES.length];
      this.#shown = true;
      await this.#draw(`${ERASE}${frame} csc: running, ${seconds} s`);
    }
    if (this.#timer === undefined) return;
    this.#timer = setTimeout(() => this.#tick(), EVERY_MS);
  }

  async #erase(): Promise<void> {
    if (!this.#shown) return;
    this.#shown = false;
    await this.#draw(ERASE);
  }

  /** A line that cannot be drawn is no loss. */
  #draw(text: string): Promise<void> {
    return this.write(this.fd, new TextEncoder().encode(text)).catch(() => {});
  }
}
