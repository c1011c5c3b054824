"""The page of *meet* in a window."""

from .browser import Window


class MeetPage(Window):
    def say(self, text):
        self.type("text", text)
        self.click("send")

    def messages(self):
        return self.lines("#messages > *")

    def frames(self):
        """How many pictures of the partner have been shown."""
        return self.run("return document.getElementById('remote').getVideoPlaybackQuality().totalVideoFrames")

    def until_frames(self, seconds=20):
        """Waits until the partner's video moves on."""
        first = self.frames()
        self.until(lambda: self.frames() >= first + 3, "the partner's video moves", seconds)


def elsewhere(page, open_page):
    """Another page that is on another node than the first."""
    for _ in range(12):
        other = open_page()
        other.until_state("idle")
        if other.text("node") != page.text("node"):
            return other
        other.close()
        page.show()  # a new window is opened from one that is there
    raise AssertionError("all pages are on the same node")
