"""The pages of the support chat in a window."""

from selenium.webdriver.common.keys import Keys

from .browser import Window


class SupportPage(Window):
    def log_in(self, user, password):
        """From the login page to the chat."""
        self.show().get(f"{self.address}/login")
        self.type("user", user)
        self.type("pass", password)
        self.run("document.getElementById('form').requestSubmit()")
        self.until_state("connected")

    @property
    def address(self):
        return self.run("return location.origin")

    def open_chat(self):
        self.show().get(f"{self.address}/soporte")
        self.until_state("connected")

    def say(self, text):
        self.type("text", text + Keys.ENTER)

    def messages(self):
        """The texts of the conversation that is open, in order."""
        return self.lines("#messages .text")

    def until_messages(self, *texts):
        self.until(lambda: self.messages() == list(texts), f"exactly {texts}, not {self.messages()}")

    def until_last(self, text):
        self.until(lambda: self.messages()[-1:] == [text], f"{text!r} at last")

    def conversations(self):
        """Names and unread marks, in order: {name: count}."""
        return dict(self.run("""
            return [...document.querySelectorAll("#conversations button")].map((button) =>
              [button.dataset.name, Number.parseInt(button.querySelector(".badge")?.textContent ?? "0")]);"""))

    def choose_conversation(self, name):
        self.until(lambda: name in self.conversations(), f"the conversation with {name}")
        self.run("""
            [...document.querySelectorAll("#conversations button")].find(({ dataset }) => dataset.name === arguments[0])
              .click();""", name)
        self.until(lambda: self.text("partner") == name, f"{name} is open")
