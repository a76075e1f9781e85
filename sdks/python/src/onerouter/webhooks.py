"""
Proves that a webhook came from your OneRouter (Standard Webhooks 1.0, ``v1`` and ``v1a``). Needs no API key::

    event = onerouter.webhooks.verify(request.body, request.headers, "whsec_…")
    if event["type"] == "payment.succeeded":
        ship(event["data"]["object"]["receipt"])
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from ._errors import WebhookVerificationError

Headers = Union[Mapping[str, Any], Iterable[Tuple[str, Any]]]
Body = Union[str, bytes, bytearray, memoryview]

TOLERANCE_S = 300
_SECRETS_MAX = 8
#: During a rotation there are two; a header with hundreds is an attempt to keep us busy.
_SIGNATURES_MAX = 16
_SEED_BYTES = 32
_PREFIX = re.compile(r"^wh(?:sec|pk|sk)_")


def verify(
    body: Body,
    headers: Headers,
    secret: Union[str, Sequence[str]],
    *,
    tolerance_seconds: float = TOLERANCE_S,
    now: Callable[[], float] = time.time,
) -> Dict[str, Any]:
    """
    The event in a webhook, once its signature holds. Give it the body as received: parsing and printing JSON
    changes its bytes. ``secret`` is ``whsec_…`` or ``whpk_…``, several while you rotate.
    Raises ``WebhookVerificationError``.
    """
    webhook_id, timestamp, signatures = _signed_headers(headers)
    # Written so that a tolerance that is no number refuses everything, instead of nothing.
    if not abs(int(now()) - int(timestamp)) <= tolerance_seconds:
        raise _fail("webhook_timestamp_out_of_range", "The webhook is too old, or the clocks differ.")
    raw = _bytes_of(body)
    if not _any_matches(_secrets_of(secret), signatures, _signed_content(webhook_id, timestamp, raw)):
        raise _fail(
            "webhook_signature_mismatch", "No signature matches: another secret, or the body was changed."
        )
    try:
        event = json.loads(raw.decode("utf-8"))
    except ValueError as cause:
        raise _fail(
            "webhook_body_malformed", "The signature is right, but the body is not JSON."
        ) from cause
    if not isinstance(event, dict):
        raise _fail("webhook_body_malformed", "The signature is right, but the body is not an event.")
    return event


def sign_test(
    event: Union[Mapping[str, Any], Body],
    secret: Union[str, Sequence[str]],
    *,
    webhook_id: str = "",
    timestamp: int = 0,
) -> Tuple[str, Dict[str, str]]:
    """A webhook as your OneRouter would send it, for your own tests: its body and its headers."""
    body = json.dumps(event) if isinstance(event, Mapping) else _bytes_of(event).decode("utf-8")
    named = event.get("id") if isinstance(event, Mapping) else None
    id_ = webhook_id or (named if isinstance(named, str) else "msg_test")
    at = str(timestamp or int(time.time()))
    content = _signed_content(id_, at, body.encode("utf-8"))
    headers = {
        "content-type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(_sign(one, content) for one in _secrets_of(secret)),
    }
    return body, headers


def _fail(code: str, message: str) -> WebhookVerificationError:
    return WebhookVerificationError(message, code=code)


def _signed_headers(headers: Headers) -> Tuple[str, str, List[str]]:
    everything: Dict[str, List[str]] = {}
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    for name, value in pairs:
        values = value if isinstance(value, (list, tuple)) else [value]
        everything.setdefault(_str(name).lower(), []).extend(_str(one) for one in values if one is not None)
    prefix = "webhook" if "webhook-id" in everything else "svix"
    ids, times, signatures = (
        everything.get(f"{prefix}-{part}", []) for part in ("id", "timestamp", "signature")
    )
    if len(ids) != 1 or len(times) != 1 or not signatures:
        raise _fail(
            "webhook_headers_missing",
            "webhook-id, webhook-timestamp and webhook-signature are needed, the first two once each.",
        )
    # A dot in the id could move the border between id, timestamp and body without changing the signed bytes.
    if not ids[0] or "." in ids[0] or not re.match(r"^[0-9]{1,12}\Z", times[0]):
        raise _fail("webhook_headers_missing", "webhook-id or webhook-timestamp is malformed.")
    entries = [entry for line in signatures for entry in line.split(" ") if entry]
    return ids[0], times[0], entries[:_SIGNATURES_MAX]


def _str(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes_of(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise _fail(
        "webhook_body_malformed", "Give the raw body, as text or bytes, not what was parsed from it."
    )


def _signed_content(webhook_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{webhook_id}.{timestamp}.".encode("utf-8") + body


def _secrets_of(secret: Union[str, Sequence[str]]) -> List[str]:
    secrets = [secret] if isinstance(secret, str) else list(secret or ())
    if 0 < len(secrets) <= _SECRETS_MAX and all(isinstance(one, str) for one in secrets):
        return secrets
    raise _fail(
        "webhook_secret_malformed", f"Give one webhook secret, or up to {_SECRETS_MAX} of them."
    )


def _any_matches(secrets: Sequence[str], signatures: Sequence[str], content: bytes) -> bool:
    for secret in secrets:
        version, matches = _verifier(secret, content)
        for entry in signatures:
            entry_version, _, signature = entry.partition(",")
            if entry_version == version and matches(_base64(signature) or b""):
                return True
    return False


def _verifier(secret: str, content: bytes) -> Tuple[str, Callable[[bytes], bool]]:
    if secret.startswith("whsk_"):
        raise _fail("webhook_secret_malformed", "A whsk_… key signs; verify with its public half, whpk_….")
    key = _key_bytes(secret)
    if not secret.startswith("whpk_"):
        expected = hmac.new(key, content, hashlib.sha256).digest()
        return "v1", lambda signature: hmac.compare_digest(expected, signature)
    ed25519, invalid_signature = _ed25519()
    try:
        public = ed25519.Ed25519PublicKey.from_public_bytes(key)
    except ValueError as cause:
        raise _fail("webhook_secret_malformed", "A whpk_… key is 32 bytes; this one is not.") from cause

    def matches(signature: bytes) -> bool:
        try:
            public.verify(signature, content)
        except invalid_signature:
            return False
        return True

    return "v1a", matches


def _sign(secret: str, content: bytes) -> str:
    key = _key_bytes(secret)
    if not secret.startswith("whsk_"):
        return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    private = _ed25519()[0].Ed25519PrivateKey.from_private_bytes(key[:_SEED_BYTES])
    return "v1a," + base64.b64encode(private.sign(content)).decode()


def _ed25519() -> Tuple[Any, Any]:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as cause:
        raise _fail(
            "webhook_secret_malformed",
            "whpk_… and whsk_… keys need the package cryptography: pip install 'onerouter[ed25519]'.",
        ) from cause
    return ed25519, InvalidSignature


def _key_bytes(secret: str) -> bytes:
    key = _base64(_PREFIX.sub("", secret))
    if not key:
        raise _fail(
            "webhook_secret_malformed", "A webhook secret is whsec_ and base64; this one is not."
        )
    return key


def _base64(text: str) -> Optional[bytes]:
    """Standard base64, with or without padding; ``None`` for anything else."""
    if not re.match(r"^[A-Za-z0-9+/]*={0,2}\Z", text):
        return None
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
