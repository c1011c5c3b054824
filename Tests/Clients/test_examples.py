"""The examples, each started as its reader would start it and driven by a stock client."""

import asyncio
import contextlib
import os
import shutil
import tempfile

import aiohttp
import pytest

from support.participant import Participant, Refused
from support.processes import Process, binary, free_port, http_status, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@contextlib.contextmanager
def running(example, port):
    folder = tempfile.mkdtemp(prefix="switchboard-examples-")
    process = Process(example, [binary(example), port], folder, {"PORT": str(port)}).start()
    try:
        wait_until(lambda: http_status(f"http://127.0.0.1:{port}/")[0] != 0, process.output)
        yield process
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def people(url, transport, *names):
    members = [Participant(name) for name in names]
    try:
        for member in members:
            await member.connect(url, transport, auth={"name": member.label})
        yield members
    finally:
        await asyncio.gather(*(member.close() for member in members))


@pytest.fixture(scope="module")
def chat():
    port = free_port()
    with running("switchboard-example-chat", port) as process:
        yield process, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrade"])
async def test_chat_serves_routes_and_sockets_on_one_port(chat, transport):
    _, url = chat
    async with people(url, transport, "anna", "ben") as (anna, ben), aiohttp.ClientSession() as http:
        assert await anna.expect("joined") == {"name": "ben"}
        assert await ben.call("say", "hello") == "ok"
        for member in (anna, ben):
            assert await member.expect("said") == {"name": "ben", "text": "hello"}
        assert await anna.call("say", 7) == "a text, please"
        async with http.get(f"{url}/") as answer:
            assert (answer.status, await answer.text()) == (200, "Connect with any Socket.IO client.\n")
        async with http.get(f"{url}/count") as answer:
            assert await answer.text() == "2\n"
        async with http.post(f"{url}/announcements", data="to all") as answer:
            assert answer.status == 204
        for member in (anna, ben):
            assert await member.expect("said") == {"name": None, "text": "to all"}
        async with http.get(f"{url}/nowhere") as answer:
            assert answer.status == 404


async def test_chat_refuses_who_has_no_name(chat):
    with pytest.raises(Refused) as refused:
        await Participant().connect(chat[1], "websocket", auth={})
    assert refused.value.message == "your name, please"


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_chat_says_goodbye_when_it_is_asked_to_end(transport):
    port = free_port()
    with running("switchboard-example-chat", port) as process:
        async with people(f"http://127.0.0.1:{port}", transport, "anna") as (anna,):
            process.terminate()
            await anna.expect_disconnect()
            assert await asyncio.to_thread(process.stop) == 0


def test_the_sample_of_the_readme_is_the_example_that_is_compiled():
    with open(os.path.join(ROOT, "README.md")) as readme, open(
            os.path.join(ROOT, "Examples", "Readme", "main.swift")) as example:
        assert f"```swift\n{example.read()}```" in readme.read()


async def test_the_sample_of_the_readme_runs():
    port = free_port()
    with running("switchboard-example-readme", port):
        url = f"http://127.0.0.1:{port}"
        async with people(url, "upgrade", "anna", "ben") as (anna, ben):
            assert await anna.call("enter", "kitchen") == "ok"
            assert await ben.call("enter", "kitchen") == "ok"
            assert await anna.expect("entered") == {"name": "ben"}
            assert await ben.call("enter", 1) == "a room, please"


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrade"])
async def test_the_server_that_the_documentation_begins_with_runs(transport):
    port = free_port()
    with running("switchboard-example-start", port):
        async with people(f"http://127.0.0.1:{port}", transport, "anna", "ben") as (anna, ben):
            assert (await anna.expect("welcome")).startswith("You are ")
            assert await ben.call("say", "hello") == "ok"
            assert await anna.expect("said") == "hello"
            assert await ben.call("say", 1) == {"error": "a text, please", "code": "refused"}
