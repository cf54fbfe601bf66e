/**
 * Signals that end csc, and so what it runs: a command in a session of its own
 * gets none from the terminal.
 *
 * @module
 */

/** Their numbers, which make the exit code 128+N (protocol §6). */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** A signal that ends csc. */
export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

const ENDING_SIGNALS = Object.keys(SIGNAL_NUMBERS) as EndingSignal[];

/**
 * Calls `end` when csc is told to end, so that the command is ended and there
 * is a receipt. Returns a function that stops listening.
 */
export function onEndingSignal(end: (signal: EndingSignal) => void) {
  const handlers = ENDING_SIGNALS.map((signal) => {
    const handler = () => end(signal);
    Deno.addSignalListener(signal, handler);
    return () => Deno.removeSignalListener(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}
