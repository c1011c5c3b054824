"""Acceptance items 17-26: who may connect, and as whom.

Who somebody is shows in the matching: two participants of one account are never paired with each other.
"""

import pytest

from support.participant import Refused, nothing_more
from support.tokens import token, unsigned_token

GARBAGE = "not a token"
OTHER_SECRET = "another secret, at least as long as the first one of these tests is"


async def refusal(meet, auth=None, headers=None):
    """The message with which the server refuses this connection."""
    with pytest.raises(Refused) as refused:
        await meet.person(auth=auth, headers=headers)
    return refused.value.message


async def are_one_account(meet, first, second):
    """Whether two participants count as the same account: then they wait side by side."""
    for member in (first, second):
        await member.emit("findChat")
        await member.expect("waiting")
    third = await meet.person(auth={"token": token(userId="somebody else")})
    await third.emit("findChat")
    await third.expect("waiting")
    start = await first.expect("chatStart")
    assert start["partnerId"] in (second.id, third.id)
    return start["partnerId"] == third.id


@pytest.mark.profile("none")
@pytest.mark.parametrize("auth", [None, {"token": GARBAGE}, {"token": token(userId="u")}, {"token": 42}, {}])
async def test_item_017_mode_none_ignores_every_token(meet, auth):
    first = await meet.person(auth=auth)
    second = await meet.person(auth=auth)
    await meet.join(first, second)


async def test_item_018_optional_without_token_is_anonymous(meet):
    first, second = await meet.people(2)
    assert not await are_one_account(meet, first, second)


async def test_item_018_optional_with_a_valid_token_is_identified(meet):
    first, second = await meet.people(2, auth={"token": token(userId="u1")})
    assert await are_one_account(meet, first, second)


@pytest.mark.parametrize("bad", [token(userId="u1", expires=-60), token(userId="u1", secret=OTHER_SECRET), GARBAGE],
                         ids=["expired", "bad signature", "garbage"])
async def test_item_018_optional_with_a_bad_token_is_anonymous(meet, bad):
    first, second = await meet.people(2, auth={"token": bad})
    assert not await are_one_account(meet, first, second)


@pytest.mark.profile("reject-bad-token")
async def test_item_018_optional_refuses_a_bad_token_when_so_configured(meet):
    assert await refusal(meet, {"token": token(userId="u1", expires=-60)}) == "Authentication failed"
    first, second = await meet.pair()
    await nothing_more(first, second)


@pytest.mark.profile("required")
@pytest.mark.parametrize("auth", [None, {}, {"token": None}, {"other": 1}])
async def test_item_019_required_without_token_is_refused(meet, auth):
    assert await refusal(meet, auth) == "Authentication token required"


@pytest.mark.profile("required")
async def test_item_020_required_with_an_empty_token_is_refused(meet):
    assert await refusal(meet, {"token": ""}) == "Authentication token required"


@pytest.mark.profile("required")
@pytest.mark.parametrize("bad", [
    token(userId="u1", secret=OTHER_SECRET),
    token(userId="u1", expires=-60),
    token(userId="u1", expires=None),
    "bearer " + token(userId="u1"),
    "Bearer  " + token(userId="u1"),
    "Bearer ",
    GARBAGE,
    "a.b.c",
    42,
    True,
    ["x"],
    {"token": "x"},
], ids=["bad signature", "expired", "without exp", "lower case bearer", "two spaces", "only bearer", "garbage", "dots",
        "number", "boolean", "array", "object"])
async def test_item_021_required_with_a_bad_token_is_refused(meet, bad):
    assert await refusal(meet, {"token": bad}) == "Authentication failed"


@pytest.mark.profile("required")
@pytest.mark.parametrize("prefix", ["", "Bearer "])
async def test_item_022_the_token_counts_raw_and_with_bearer(meet, prefix):
    first, second = await meet.people(2, auth={"token": prefix + token(userId="u1")})
    assert await are_one_account(meet, first, second)


@pytest.mark.profile("required")
@pytest.mark.parametrize("prefix", ["", "Bearer "])
async def test_item_023_the_header_counts_raw_and_with_bearer(meet, prefix):
    first, second = await meet.people(2, headers={"Authorization": prefix + token(userId="u1")})
    assert await are_one_account(meet, first, second)


@pytest.mark.profile("required")
async def test_item_023_the_header_counts_when_the_token_is_empty(meet):
    person = await meet.person(auth={"token": ""}, headers={"Authorization": token(userId="u1")})
    assert (await person.call("findChat"))["ok"] is True


@pytest.mark.profile("required")
async def test_item_024_a_good_header_does_not_rescue_a_bad_token(meet):
    headers = {"Authorization": token(userId="u1")}
    assert await refusal(meet, {"token": GARBAGE}, headers) == "Authentication failed"


@pytest.mark.profile("required")
@pytest.mark.parametrize("bad", [
    unsigned_token(userId="u1"),
    token(userId="u1", algorithm="HS512"),
    token(userId="u1").rsplit(".", 1)[0] + ".",
], ids=["none", "HS512", "signature cut off"])
async def test_item_025_only_hs256_is_accepted(meet, bad):
    assert await refusal(meet, {"token": bad}) == "Authentication failed"


@pytest.mark.profile("required")
async def test_item_026_the_legacy_claim_id_identifies(meet):
    first = await meet.person(auth={"token": token(id="u1")})
    second = await meet.person(auth={"token": token(userId="u1")})
    assert await are_one_account(meet, first, second)
