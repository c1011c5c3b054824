"""Tokens as the account service would sign them, and the bad ones that must be refused."""

import base64
import json
import time

import jwt

from .cluster import SECRET


def token(secret=SECRET, algorithm="HS256", expires=3600, **claims):
    """A signed token; `expires` in seconds from now, None leaves the claim out."""
    if expires is not None:
        claims["exp"] = int(time.time()) + expires
    return jwt.encode(claims, secret, algorithm=algorithm)


def unsigned_token(**claims):
    """A token of algorithm "none"."""

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f'{part({"alg": "none", "typ": "JWT"})}.{part({**claims, "exp": int(time.time()) + 3600})}.'
