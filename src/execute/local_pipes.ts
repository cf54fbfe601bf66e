/**
 * The pipes of a local pipeline: from one segment straight into the next.
 *
 * csc makes them, gives each end to one segment and keeps none, so that a
 * writer whose reader has gone gets its SIGPIPE and a reader whose writer has
 * gone sees the end.
 *
 * @module
 */
import { isCscError } from "../core/errors.ts";
import {
  closeDescriptor,
  NO_FD,
  type SegmentPipe,
  segmentPipe,
} from "./native.ts";

/** What a segment has for standard input or output. */
export type End = "null" | "piped" | number;

/** The ends that csc still holds. */
export class LocalPipes {
  #reading: number[] = [];
  #writing: number[] = [];

  /** @param direct False: csc is to pass on what the segments write. */
  private constructor(readonly direct: boolean) {}

  /**
   * Makes the pipes between so many segments. Where the bridge cannot be loaded
   * or the kernel has none, none: every segment then gets pipes to csc.
   */
  static open(
    segments: number,
    make: () => SegmentPipe | null = segmentPipe,
  ): LocalPipes {
    const pipes = new LocalPipes(true);
    try {
      while (pipes.#reading.length < segments - 1) {
        const pipe = make();
        if (pipe === null) return pipes.#none();
        pipes.#reading.push(pipe.reading);
        pipes.#writing.push(pipe.writing);
      }
    } catch (error) {
      if (!isCscError(error)) throw error;
      return pipes.#none();
    }
    return pipes;
  }

  #none(): LocalPipes {
    this.close();
    return new LocalPipes(false);
  }

  /** Standard input and output of the segment at `index`. */
  of(index: number): { readonly stdin: End; readonly stdout: End } {
    return {
      stdin: index === 0 ? "null" : this.#reading[index - 1] ?? "piped",
      // The last one's goes to csc.
      stdout: this.#writing[index] ?? "piped",
    };
  }

  /** Lets go of the ends of the segment at `index`, which has them now. */
  given(index: number): void {
    this.#close(this.#reading, index - 1);
    this.#close(this.#writing, index);
  }

  /** Closes whatever no segment got. */
  close(): void {
    for (const ends of [this.#reading, this.#writing]) {
      for (const index of ends.keys()) this.#close(ends, index);
    }
  }

  #close(ends: number[], index: number): void {
    const fd = ends[index] ?? NO_FD;
    if (fd === NO_FD) return;
    ends[index] = NO_FD;
    closeDescriptor(fd);
  }
}
