"""Many participants at once, and what must hold of all of them together at every quiet point (applications, A.6.5)."""

import asyncio

from .participant import Participant

SETTLE = 20  # seconds within which a cluster that lost a node or its Redis has to be in order again


class Member(Participant):
    """A participant that follows its own state from what it is told, and notes what may not happen."""

    def __init__(self, label):
        super().__init__(label)
        self.state = "idle"
        self.chat = None
        self.faults = []
        self.chats = {}

    def record(self, name, *arguments):
        if name == "waiting":
            self.state, self.chat = "waiting", None
        elif name == "chatStart":
            if self.state != "waiting":
                self.faults.append(f"chatStart while {self.state}")
            self.state, self.chat = "chatting", arguments[0]
            if arguments[0]["pairId"] in self.chats:
                self.faults.append("a second chatStart of one pair")
            self.chats[arguments[0]["pairId"]] = arguments[0]
            if arguments[0]["partnerId"] == self.id:
                self.faults.append("a chat with itself")
        elif name == "partnerLeft":
            if self.chat is None or arguments[0]["partnerId"] != self.chat["partnerId"]:
                self.faults.append(f"partnerLeft of a stranger while {self.state}")
            self.state, self.chat = "idle", None
        super().record(name, *arguments)

    async def ask(self, *operation):
        """One request; leaving has no event of its own, so its answer counts."""
        answer = await self.call(*operation, timeout=20)
        if operation[0] == "leaveChat" and answer.get("ok") and self.state != "idle":
            self.state, self.chat = "idle", None
        return answer


def disorder(members, patient=1):
    """Everything that is wrong at a quiet point; `patient` is how many may wait because nobody is left for them."""
    wrong = [f"{member.label}: {fault}" for member in members for fault in member.faults]
    by_id = {member.id: member for member in members}
    for member in members:
        if member.state != "chatting":
            continue
        partner = by_id.get(member.chat["partnerId"])
        if partner is None or partner.state != "chatting":
            wrong.append(f"{member.label}: its partner is not in the chat")
        elif (partner.chat["partnerId"], partner.chat["pairId"], partner.chat["withVideo"]) != (
                member.id, member.chat["pairId"], member.chat["withVideo"]):
            wrong.append(f"{member.label}: its partner is in another chat")
    waiting = [member.label for member in members if member.state == "waiting"]
    if len(waiting) > patient:
        wrong.append(f"waiting: {waiting}")
    return wrong


async def quiet(members, note, patient=1, seconds=SETTLE):
    """Waits until everything is in order; what is a fault for good fails at once."""
    deadline = asyncio.get_running_loop().time() + seconds
    while wrong := disorder(members, patient):
        assert not any(member.faults for member in members), (note, wrong)
        assert asyncio.get_running_loop().time() < deadline, (note, wrong)
        await asyncio.sleep(0.05)
