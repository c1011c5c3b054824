"""What can be checked of a page's accessibility by program: axe-core's rules, and that a narrow screen shows all of it."""

import functools
import importlib.resources

NARROW = {"width": 360, "height": 640, "deviceScaleFactor": 1, "mobile": True}


@functools.cache
def axe():
    return importlib.resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page):
    """What axe-core finds: rule and element, of WCAG 2.1 A and AA and of its best practices."""
    page.run(axe())
    return page.driver.execute_async_script("""
        const done = arguments[0];
        axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }).then(({ violations }) =>
          done(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))));""")


def overflow(page):
    """By how many pixels a page is wider than a telephone."""
    page.show().execute_cdp_cmd("Emulation.setDeviceMetricsOverride", NARROW)
    try:
        return page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def assert_accessible(page):
    found = violations(page)
    assert not found, found
    width = overflow(page)
    assert width <= 0, f"{width} pixels too wide"
