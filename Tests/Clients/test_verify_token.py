"""Acceptance items 104, 105, 107 and 108, as far as `GET /api/verify-token` goes, and 27, 28, 173 and 174."""

import asyncio
import re
import time

import aiohttp
import pytest

from support.cluster import LISTED_ORIGIN
from support.tokens import token, unsigned_token

OTHER_SECRET = "another secret, at least as long as the first one of these tests is"


async def ask(meet, headers):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{meet.cluster.url(0)}/api/verify-token", headers=headers) as answer:
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()


def failure(text):
    return 401, {"error": text}


@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")
async def test_item_104_verify_token_answers_as_documented(meet):
    good = token(userId="u1", email="u1@example.org", name="U")
    assert await ask(meet, {"Authorization": f"Bearer {good}"}) == (
        200, {"success": True, "message": "Token is valid", "user": {"id": "u1", "email": "u1@example.org", "name": "U"}})
    # Fields that are not defined are absent.
    assert (await ask(meet, {"x-auth-token": token(userId="u1")}))[1]["user"] == {"id": "u1"}
    assert await ask(meet, {}) == failure("No token provided, authorization denied")
    assert await ask(meet, {"x-auth-token": token(userId="u1", expires=-60)}) == failure("Token has expired")
    for bad in ("garbage", token(userId="u1", secret=OTHER_SECRET), unsigned_token(userId="u1")):
        assert await ask(meet, {"x-auth-token": bad}) == failure("Invalid token")


@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")
async def test_item_105_x_auth_token_counts_when_authorization_is_no_bearer(meet):
    good, bad = token(userId="u1"), "garbage"
    for headers in ({"x-auth-token": good}, {"Authorization": "Basic abc", "x-auth-token": good}):
        assert (await ask(meet, headers))[0] == 200
    assert await ask(meet, {"Authorization": f"Bearer {bad}", "x-auth-token": good}) == failure("Invalid token")


@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")
async def test_item_107_a_foreign_origin_is_refused_as_json(meet):
    good = {"x-auth-token": token(userId="u1")}
    assert await ask(meet, {**good, "Origin": "https://evil.example"}) == (403, {"error": "Not allowed by CORS"})
    assert (await ask(meet, {**good, "Origin": LISTED_ORIGIN}))[0] == 200


async def test_item_108_a_token_of_the_password_login_passes_here_and_at_the_socket(meet):
    legacy = token(id="u1")
    assert (await ask(meet, {"x-auth-token": legacy}))[1]["user"] == {"id": "u1"}
    tabs = [await meet.person(auth={"token": legacy}) for _ in range(2)]
    for tab in tabs:
        # The two are one account, so they are not paired with each other.
        assert (await tab.call("findChat"))["state"] == "waiting"


@pytest.mark.profile("required")
async def test_item_027_the_server_disconnects_when_the_token_expires(meet):
    person = await meet.person(auth={"token": token(userId="u1", expires=2)})
    started = time.monotonic()
    await person.expect_disconnect(seconds=5)
    assert time.monotonic() - started < 4


@pytest.mark.profile("required")
async def test_item_028_a_token_of_the_support_chat_names_nobody_here(meet):
    """Its secret is another one; and if it were the same, it has no `userId`."""
    from support.participant import Refused
    for foreign in (token(user="ana", name="Ana", rol="user", secret=OTHER_SECRET), token(user="ana", rol="user")):
        with pytest.raises(Refused) as refused:
            await meet.person(auth={"token": foreign})
        assert refused.value.message == "Authentication failed"


async def chat_in_the_log(meet):
    first = await meet.person(node=0, auth={"token": token(userId="u1", email="secret@example.org")})
    second = await meet.person(node=0)
    await meet.join(first, second, "typed@example.org", True)
    await first.emit("sendMessage", "a secret text")
    await second.expect("message")
    await first.emit("next")
    await second.expect("partnerLeft")
    names = (first.id, second.id)
    await first.close()
    node = meet.cluster.nodes[0]
    while f"User {names[0]} disconnected" not in node.output(node.mark) and meet.cluster.sessions() > 1:
        await asyncio.sleep(0.02)
    return names, node.output(node.mark)


@pytest.mark.profile("log-compat")
@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")
async def test_item_173_the_log_has_the_lines_of_the_original(meet):
    (first, second), log = await chat_in_the_log(meet)
    for line in (
        rf"New user connected: {first} Total online users: 1", rf"Authenticated user connected: {first}",
        rf"User {first} looking for chat, video: true", rf"User {first} clicked next",
        rf"Matched ({first} and {second}|{second} and {first}) in room \S+, video: true",
        rf"Cleaned up chat pair: {first} and {second}", rf"User {first} disconnected\. Total online users: 1",
    ):
        assert re.search(line, log), (line, log)
    assert "@example.org" not in log and "secret text" not in log


@pytest.mark.profile("log-personal-data")
@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")
async def test_item_173_addresses_are_in_it_only_if_allowed(meet):
    _, log = await chat_in_the_log(meet)
    assert "Authenticated user connected: secret@example.org" in log
    assert "User secret@example.org looking for chat, video: true" in log
    assert "secret text" not in log


@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")
async def test_item_174_the_default_log_has_no_personal_data(meet):
    _, log = await chat_in_the_log(meet)
    for private in ("@example.org", "secret text", "u1", "127.0.0.1:"):
        assert private not in log, log
