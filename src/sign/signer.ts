/**
 * The seam of signing: whoever holds a private key, behind one interface.
 *
 * A file is one such holder; a token, an agent process or a remote service
 * would be others. Nothing outside this folder ever sees a private key.
 *
 * @module
 */

/** Holds one Ed25519 private key and signs with it. */
export interface Signer {
  /** The name under which verifiers know the key; it travels in signatures. */
  readonly keyId: string;
  /** The public half, 32 bytes; worked out when asked for, as few ask. */
  publicKey(): Promise<Uint8Array>;
  /**
   * Returns the 64-byte Ed25519 signature (RFC 8032, pure) of `bytes`. The
   * same bytes always give the same signature.
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
