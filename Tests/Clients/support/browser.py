"""Headless Chromium, and one of its windows with a page of ours."""

import shutil

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

# A camera that shows a counter and a microphone that beeps, both given to every page; calls within this machine.
MEDIA = (
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
)

# Keeps what a page does against its own policy, and what goes wrong in its scripts.
WATCH = """
if (!window.faults) {
  window.faults = [];
  addEventListener("securitypolicyviolation", (event) => faults.push(`${event.violatedDirective}: ${event.blockedURI}`));
  addEventListener("error", (event) => faults.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => faults.push(String(event.reason)));
}
"""


def chromium(*arguments):
    """A browser; to be quit."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", *arguments):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(20)
    return driver


def inject(driver, script):
    """Runs a script in the current window before those of every page to come."""
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})


class Window:
    """One window with a page. Whatever is asked of it brings it to the front."""

    def __init__(self, driver, address, *, new=True):
        self.driver = driver
        if new:
            driver.switch_to.new_window("tab")
        self.window = driver.current_window_handle
        inject(driver, WATCH)
        driver.get(address)

    def show(self):
        if len(self.driver.window_handles) > 1:
            self.driver.switch_to.window(self.window)
        return self.driver

    def find(self, element):
        return self.show().find_element(By.ID, element)

    def text(self, element):
        return self.run("return document.getElementById(arguments[0])?.innerText ?? ''", element)

    def click(self, element):
        self.find(element).click()

    def type(self, element, text):
        self.find(element).send_keys(text)

    def choose(self, element, value):
        Select(self.find(element)).select_by_value(value)

    def lines(self, selector):
        """The texts of all elements of a kind."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].map((line) => line.innerText)", selector)

    def run(self, script, *arguments):
        return self.show().execute_script(script, *arguments)

    def until(self, condition, what, seconds=10):
        self.show()
        WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: condition(), what)

    def until_text(self, element, text):
        self.until(lambda: text in self.text(element), f"{element} says {text!r}")

    @property
    def state(self):
        return self.run("return document.body?.dataset.state")

    def until_state(self, *states, seconds=10):
        self.until(lambda: self.state in states, f"state {' or '.join(states)}", seconds)

    def cut(self, is_cut=True):
        """Takes the network away from the page, or gives it back."""
        self.show().execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
        if is_cut:
            # Open WebSockets are not cut; the client closes them when the browser says that it is offline.
            self.run("window.dispatchEvent(new Event('offline'))")
            self.until_state("offline")

    def faults(self):
        return self.run("return window.faults")

    def close(self):
        self.show().close()


def untranslated(page, module):
    """Keys that a page uses and its dictionary does not have in every language."""
    return page.show().execute_async_script("""
        const [module, done] = arguments;
        import(module).then(({ words }) => {
          const marked = ["text", "label", "hint"].flatMap((kind) =>
            [...document.querySelectorAll(`[data-${kind}]`)].map(({ dataset }) => dataset[kind]));
          const [first, ...others] = Object.values(words);
          const used = new Set([...marked, ...Object.keys(first)].filter((key) => key !== ""));
          done([...used].filter((key) => others.some((texts) => !Object.hasOwn(texts, key))));
        });""", module)
