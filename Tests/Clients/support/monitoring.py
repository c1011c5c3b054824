"""A real Prometheus with the configuration of deploy/, and what the dashboard and the alerts there ask it."""

import json
import os
import re
import urllib.parse

import yaml

from .processes import Process, free_port, http_status

DEPLOY = os.path.join(os.path.dirname(__file__), "..", "..", "..", "deploy")
RULES = os.path.join(DEPLOY, "prometheus", "alerts.yml")
RULE_TESTS = os.path.join(DEPLOY, "prometheus", "alerts-test.yml")
CONFIGURATION = os.path.join(DEPLOY, "prometheus", "prometheus.yml")
PAGE = os.path.join(DEPLOY, "..", "Documentation", "Monitoring.md")
DASHBOARD = os.path.join(DEPLOY, "grafana", "switchboard.json")


class Prometheus(Process):
    """Watches processes as deploy/ has it watch a cluster, only more often; `targets` are ports by job."""

    def __init__(self, folder, targets):
        with open(CONFIGURATION) as file:
            configuration = yaml.safe_load(file)
        configuration["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "1s"}
        configuration["rule_files"] = [os.path.abspath(RULES)]
        for job in configuration["scrape_configs"]:
            del job["dns_sd_configs"]
            job["static_configs"] = [{"targets": [f"127.0.0.1:{port}" for port in targets[job["job_name"]]]}]
        path = os.path.join(folder, "prometheus.yml")
        with open(path, "w") as file:
            yaml.safe_dump(configuration, file)
        self.port = free_port()
        super().__init__("prometheus", [
            "prometheus", f"--config.file={path}", f"--storage.tsdb.path={os.path.join(folder, 'prometheus')}",
            f"--web.listen-address=127.0.0.1:{self.port}"], folder)

    def wait_ready(self, url=None, seconds=20):
        super().wait_ready(f"http://127.0.0.1:{self.port}/-/ready", seconds)

    def ask(self, path, **query):
        """What an address of its interface answers; an error fails."""
        status, body = http_status(
            f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=10)
        answer = json.loads(body)
        assert status == 200 and answer["status"] == "success", (query, answer)
        return answer["data"]

    def query(self, expression):
        """The samples of an expression now: labels and value."""
        result = self.ask("query", query=expression)["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]

    def series(self):
        """The names of all series that are ours."""
        found = self.ask("label/__name__/values")
        return {re.sub("_(bucket|sum|count)$", "", name) for name in found if name.startswith(("switchboard_", "process_"))}

    def moves(self, name, seconds):
        """Whether some series of a name had more than one value within so many seconds."""
        return bool(self.query(f"max_over_time({name}[{seconds}s]) > min_over_time({name}[{seconds}s])"))


def dashboard_expressions():
    """Every expression of the dashboard, its variables filled in as for everything."""
    with open(DASHBOARD) as file:
        dashboard = json.load(file)
    found = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    found += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    return [text.replace("$__rate_interval", "20s").replace("$instance", ".*") for text in found]


def alert_expressions():
    """The expression of every alert, by its name."""
    with open(RULES) as file:
        groups = yaml.safe_load(file)["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


def names(expressions):
    """The names of the series in expressions."""
    found = set()
    for expression in expressions:
        found |= set(re.findall(r"\b(?:switchboard|process)_[a-z_]+|\bup\b", re.sub(r'"[^"]*"', '""', expression)))
    return found


def documented():
    """The names that the documentation lists."""
    with open(PAGE) as file:
        return set(re.findall("`([a-z_]+)`", file.read()))
