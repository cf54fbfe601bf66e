/**
 * Signals that end csc, and so what it runs: a command in a session of its own
 * gets none from the terminal.
 *
 * From the intent to the receipt csc listens without a gap. The first signal
 * ends the command and keeps further ones from starting; all others are
 * swallowed, because each would end csc before it has accounted for the run.
 *
 * @module
 */

/** Their numbers, which make the exit code 128+N (protocol §6). */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** A signal that ends csc. */
export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

const ENDING_SIGNALS = Object.keys(SIGNAL_NUMBERS) as EndingSignal[];

/**
 * How a command hears that csc is to end. Whoever runs one is given it: each
 * chunk of the executable has modules of its own, so that `heardEnding` of
 * another chunk would ask an ear that has heard nothing.
 */
export interface EndingSignals {
  /** The signal that came first since somebody listens, if one came. */
  heard(): EndingSignal | null;
  /** Calls `end` for each; returns a function that stops listening. */
  onEnding(end: (signal: EndingSignal) => void): () => void;
}

/** What csc has heard while somebody listens. */
interface Ear {
  first: EndingSignal | null;
  readonly ends: Set<(signal: EndingSignal) => void>;
  /** How many asked for it. */
  listeners: number;
  readonly close: () => void;
}

let ear: Ear | null = null;

/**
 * Takes the ending signals from the kernel's hands until the returned function
 * is called, once; several may listen.
 */
export function listenForEnding(): () => void {
  const own = ear ??= openEar();
  own.listeners++;
  return () => {
    if (--own.listeners > 0) return;
    own.close();
    ear = null;
  };
}

/** The signal that came first since somebody listens, if one came. */
export function heardEnding(): EndingSignal | null {
  return ear?.first ?? null;
}

/**
 * Calls `end` when csc is told to end, so that the command is ended and there
 * is a receipt. Returns a function that stops listening.
 */
export function onEndingSignal(
  end: (signal: EndingSignal) => void,
): () => void {
  const close = listenForEnding();
  const { ends } = ear!;
  ends.add(end);
  return () => {
    ends.delete(end);
    close();
  };
}

function openEar(): Ear {
  const ends = new Set<(signal: EndingSignal) => void>();
  const handlers = ENDING_SIGNALS.map((signal) => {
    const handler = () => {
      own.first ??= signal;
      for (const end of ends) end(signal);
    };
    Deno.addSignalListener(signal, handler);
    return () => Deno.removeSignalListener(signal, handler);
  });
  const own: Ear = {
    first: null,
    ends,
    listeners: 0,
    close: () => {
      for (const remove of handlers) remove();
    },
  };
  return own;
}

/** What a receipt says of a command that such a signal ended (protocol §6). */
export function interruptedBy(signal: EndingSignal) {
  return {
    exitCode: 128 + SIGNAL_NUMBERS[signal],
    error: `interrupted by ${signal}`,
  };
}
