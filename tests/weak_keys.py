"""Points of edwards25519 (RFC 8032 §5.1) that no honest key or signature has, made by the plain formulas."""

import hashlib

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
Point = tuple[int, int]


def _point(y: int) -> Point | None:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    for root in (pow(square, (_P + 3) // 8, _P), pow(square, (_P + 3) // 8, _P) * pow(2, (_P - 1) // 4, _P) % _P):
        if root * root % _P == square:
            return (-root % _P if root & 1 else root), y
    return None


def _add(a: Point, b: Point) -> Point:
    t = _D * a[0] * b[0] * a[1] * b[1] % _P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + t, -1, _P)
    return x % _P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, _P) % _P


def _times(number: int, point: Point) -> Point:
    result = (0, 1)
    while number:
        result, point, number = _add(result, point) if number & 1 else result, _add(point, point), number >> 1
    return result


def _encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _of_order_eight() -> Point:
    points = (_times(_L, found) for y in range(2, 50) if (found := _point(y)) is not None)
    return next(point for point in points if _times(4, point) != (0, 1))


_BASE = _point(4 * pow(5, -1, _P) % _P) or (0, 1)
_TORSION = _of_order_eight()
# Every point of small order, and other ways to write some of them.
SMALL_ORDER = [_encode(_times(number, _TORSION)) for number in range(8)]
SMALL_ORDER += [number.to_bytes(32, "little") for number in (_P, _P + 1, _P + 1 | 1 << 255, 1 | 1 << 255)]


def public_key(secret: int, torsion: int = 0) -> bytes:
    """``torsion`` not 0: with a part of small order."""
    return _encode(_add(_times(secret, _BASE), _times(torsion, _TORSION)))


def sign(message: bytes, secret: int, key: bytes, torsion: int = 0) -> bytes:
    """``torsion`` not 0: good only for verifiers that multiply by eight."""
    r = _encode(_add(_times(secret + 1, _BASE), _times(torsion, _TORSION)))
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little")
    return r + ((secret + 1 + k * secret) % _L).to_bytes(32, "little")
