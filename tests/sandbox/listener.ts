/**
 * A service of the host that a command must not reach.
 *
 * @module
 */
import { eventually } from "./running.ts";

/** Accepts and counts connections until it is disposed of. */
export class Listener implements AsyncDisposable {
  #connections = 0;
  readonly #accepting: Promise<void>;

  private constructor(
    readonly listener: Deno.TcpListener | Deno.UnixListener,
  ) {
    this.#accepting = this.#accept();
  }

  /** On a free TCP port of `hostname`. */
  static tcp(hostname: string): Listener {
    return new Listener(Deno.listen({ hostname, port: 0 }));
  }

  /** On a socket file. */
  static unix(path: string): Listener {
    return new Listener(Deno.listen({ transport: "unix", path }));
  }

  get port(): number {
    const { addr } = this.listener;
    return addr.transport === "tcp" ? addr.port : 0;
  }

  get connections(): number {
    return this.#connections;
  }

  /** Waits until at least `count` connections came. */
  received(count: number): Promise<void> {
    return eventually("a connection", () => this.#connections >= count);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.listener) {
      this.#connections++;
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listener.close();
    await this.#accepting;
  }
}
