#!/usr/bin/env python3
"""An independent verifier for signed execution receipts.

Shares no code with csc: the Python standard library and python3-cryptography,
and its own reading of the protocol. What this accepts, anybody can verify.

    verify_receipt.py RECEIPT PUBLIC_KEY KEY_ID [EVIDENCE]

PUBLIC_KEY is 32 raw bytes or a PEM file. With EVIDENCE, its digest must be the
one named in the receipt's sandbox_profile_id. Exit code 0: valid; 1: not; the
reason is printed.
"""

import base64
import binascii
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

MAX_SAFE_INTEGER = 2**53 - 1
FIELD_PRIME = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, FIELD_PRIME) % FIELD_PRIME

SIGNATURE_MEMBERS = {"algorithm", "key_id", "signed_at", "signature"}
BINDING = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}@sha256:[0-9a-f]{64}"
    r";evidence=sha256:([0-9a-f]{64})"
)


class Refused(Exception):
    """The receipt is not valid; the text says why."""


def parse_json(data, what):
    """Strict JSON: one reading or none, integers only."""

    def members(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise Refused(f"{what}: duplicate key")
        return dict(pairs)

    def refuse_number(text):
        raise Refused(f"{what}: number {text[:40]} is not a plain integer")

    def integer(text):
        # int() refuses very long digit strings by an exception of its own.
        if len(text) > 17 or text == "-0" or abs(int(text)) > MAX_SAFE_INTEGER:
            refuse_number(text)
        return int(text)

    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=members,
            parse_float=refuse_number,
            parse_constant=refuse_number,
            parse_int=integer,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Refused(f"{what}: not strict JSON ({type(error).__name__})")


ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


def canonical_string(text):
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Refused("no canonical form: lone surrogate")
    out = []
    for c in text:
        if c in ESCAPES:
            out.append(ESCAPES[c])
        elif c < " ":
            out.append("\\u%04x" % ord(c))
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def canonical(value):
    """Members by code point, no white space, nulls kept."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return canonical_string(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    # Python compares strings by code point, which is what the protocol wants.
    members = (
        canonical_string(name) + ":" + canonical(value[name])
        for name in sorted(value)
    )
    return "{" + ",".join(members) + "}"


def decode_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("signature value is not base64")
    if base64.b64encode(data).decode("ascii") != text:
        raise Refused("signature value is not strict base64")
    if len(data) != 64:
        raise Refused("signature value is not 64 bytes")
    return data


def load_key(data):
    try:
        if len(data) == 32:
            return Ed25519PublicKey.from_public_bytes(data), data
        key = load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused("public key cannot be loaded")
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("public key is not Ed25519")
    return key, key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def double(point):
    """Doubles an affine point of edwards25519."""
    x, y = point
    t = CURVE_D * x * x * y * y % FIELD_PRIME
    return (
        2 * x * y * pow(1 + t, -1, FIELD_PRIME) % FIELD_PRIME,
        (y * y + x * x) * pow(1 - t, -1, FIELD_PRIME) % FIELD_PRIME,
    )


def check_point(encoded, what):
    """Refuses encodings that are not canonical and points of small order."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= FIELD_PRIME:
        raise Refused(f"{what} is not canonical")
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, FIELD_PRIME) % FIELD_PRIME
    x = pow(square, (FIELD_PRIME + 3) // 8, FIELD_PRIME)
    if x * x % FIELD_PRIME != square:
        x = x * pow(2, (FIELD_PRIME - 1) // 4, FIELD_PRIME) % FIELD_PRIME
    if x * x % FIELD_PRIME != square:
        raise Refused(f"{what} is not on the curve")
    if x == 0 and sign == 1:
        raise Refused(f"{what} is not canonical")
    if double(double(double((x, y)))) == (0, 1):
        raise Refused(f"{what} is of small order")


def check_signature(receipt, key_data, key_id):
    signature = receipt.get("signature")
    if not isinstance(signature, dict):
        raise Refused("receipt is not signed")
    if set(signature) != SIGNATURE_MEMBERS:
        raise Refused("signature object has wrong members")
    if not all(isinstance(member, str) for member in signature.values()):
        raise Refused("signature object holds something else than strings")
    if signature["algorithm"] != "ed25519":
        raise Refused("algorithm is not ed25519")
    if signature["key_id"] != key_id:
        raise Refused("receipt names another key id")
    value = decode_base64(signature["signature"])
    key, raw = load_key(key_data)
    check_point(raw, "public key")
    check_point(value[:32], "R")
    if int.from_bytes(value[32:], "little") >= GROUP_ORDER:
        raise Refused("S is not reduced")
    metadata = {k: v for k, v in signature.items() if k != "signature"}
    payload = canonical({**receipt, "signature": metadata}).encode("utf-8")
    try:
        key.verify(value, payload)
    except InvalidSignature:
        raise Refused("signature does not fit the receipt")


def check_evidence(receipt, data):
    profile = receipt.get("sandbox_profile_id")
    match = BINDING.fullmatch(profile) if isinstance(profile, str) else None
    if match is None:
        raise Refused("receipt binds no evidence")
    text = canonical(parse_json(data, "evidence"))
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != match.group(1):
        raise Refused("evidence is not the one that the receipt names")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(arguments):
    if len(arguments) not in (3, 4):
        print(__doc__.strip(), file=sys.stderr)
        return 1
    try:
        receipt = parse_json(read(arguments[0]), "receipt")
        if not isinstance(receipt, dict):
            raise Refused("receipt is not an object")
        if receipt.get("receipt_version") != "csc.receipt.v0.1":
            raise Refused("receipt version is unknown")
        check_signature(receipt, read(arguments[1]), arguments[2])
        if len(arguments) == 4:
            check_evidence(receipt, read(arguments[3]))
    except Refused as reason:
        print(f"invalid: {reason}")
        return 1
    except OSError as error:
        print(f"invalid: {error.filename}: {error.strerror}")
        return 1
    print("valid")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
