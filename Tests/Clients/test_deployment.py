"""The files of `deploy`: manifests against the published schemas of Kubernetes, units by systemd itself, the rest by what
must hold of it. Nothing here starts a container: `make container-smoke` does."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from support.processes import binary

DEPLOY = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "deploy")
KUBERNETES = os.path.join(DEPLOY, "kubernetes")
VERSION = "1.32"
SECRETS = ["meet-secret", "support-secret", "store-password", "admin-password"]


def text(*path):
    with open(os.path.join(DEPLOY, *path)) as file:
        return file.read()


def settings(program):
    """The names of all settings of an executable."""
    table = subprocess.run([binary(program), "options"], check=True, capture_output=True, text=True, timeout=20).stdout
    names = set(re.findall(r"`(SWITCHBOARD_\w+)`", table))
    return names | {f"{name}_FILE" for name in names}


def check(program, environment):
    """What `check` says of an environment, beside secrets that are not here."""
    ended = subprocess.run(
        [binary(program), "check"], env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True,
        timeout=20)
    return [line for line in ended.stderr.splitlines() if not re.search(r"_FILE: \S+ cannot be read|JWT secret", line)]


# -- Kubernetes


def validated(*files):
    """Runs the validator; an unknown kind is a warning for it, and an error here."""
    ended = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "kubernetes-validate"), "-k", VERSION, "--strict", *files],
        capture_output=True, text=True, timeout=60)
    said = ended.stdout + ended.stderr
    return ended.returncode == 0 and "Couldn't find schema" not in said, said


def manifests(folder):
    return sorted(
        os.path.join(folder, name) for name in os.listdir(folder)
        if name.endswith(".yaml") and name != "kustomization.yaml")


def resources(*files):
    found = []
    for path in files:
        with open(path) as file:
            found += list(yaml.safe_load_all(file))
    return found


@pytest.mark.parametrize("folder", ["base", "overlays/development"])
def test_manifests_are_valid(folder):
    path = os.path.join(KUBERNETES, folder)
    is_valid, said = validated(*manifests(path))
    assert is_valid, said
    with open(os.path.join(path, "kustomization.yaml")) as file:
        listed = yaml.safe_load(file)["resources"]
    assert sorted(name for name in listed if name.endswith(".yaml")) == [
        os.path.basename(name) for name in manifests(path)]


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl, which renders overlays, is not installed")
@pytest.mark.parametrize("overlay", ["development", "production"])
def test_overlays_are_valid_when_rendered(overlay, tmp_path):
    copy = tmp_path / "kubernetes"
    shutil.copytree(KUBERNETES, copy)
    if overlay == "development":
        (copy / "overlays" / overlay / "secrets").mkdir(exist_ok=True)
        for name in SECRETS:
            (copy / "overlays" / overlay / "secrets" / name).write_text("x" * 40)
    rendered = tmp_path / "all.yaml"
    with open(rendered, "w") as file:
        subprocess.run(["kubectl", "kustomize", copy / "overlays" / overlay], check=True, stdout=file, timeout=60)
    is_valid, said = validated(str(rendered))
    assert is_valid, said
    for resource in resources(rendered):
        assert resource["kind"] == "Namespace" or resource["metadata"]["namespace"] == "switchboard"


def test_the_validator_refuses_what_is_wrong(tmp_path):
    """Wrong types, unknown fields and unknown kinds."""
    for number, wrong in enumerate([
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"ports": [{"port": "http"}]}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"port": []}},
        {"apiVersion": "v1", "kind": "Servise", "metadata": {"name": "x"}},
        {"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "metadata": {"name": "x"}},
    ]):
        path = tmp_path / f"{number}.yaml"
        path.write_text(yaml.safe_dump(wrong))
        assert not validated(str(path))[0]


def containers():
    found = resources(*manifests(os.path.join(KUBERNETES, "base")))
    return {
        resource["metadata"]["name"]: resource["spec"]["template"]["spec"]
        for resource in found if resource["kind"] == "Deployment"}, {
        resource["metadata"]["name"]: resource["data"] for resource in found if resource["kind"] == "ConfigMap"}


def test_pods_may_do_nothing_that_they_need_not():
    for name, pod in containers()[0].items():
        assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"], name
        # Variables made of names of services look like settings.
        assert pod["enableServiceLinks"] is False, name
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] and not rights["allowPrivilegeEscalation"]
            assert rights["capabilities"]["drop"] == ["ALL"]
            assert container["resources"]["requests"] and container["resources"]["limits"]["memory"]
            assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
            assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


@pytest.mark.parametrize("name, program", [("node", "switchboard-node"), ("gateway", "switchboard-gateway")])
def test_settings_of_the_pods_are_right_and_leave_time_for_the_drain(name, program):
    pods, maps = containers()
    environment = maps[name]
    assert set(environment) <= settings(program)
    extra = {"SWITCHBOARD_REDIS": "redis://redis:6379/0", "SWITCHBOARD_SUPPORT_STORE": "mysql://a@b/c"}
    assert check(program, {**environment, **(extra if name == "node" else {})}) == []
    pause = pods[name]["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    drain = int(environment["SWITCHBOARD_DRAIN"]) / 1000
    assert pods[name]["terminationGracePeriodSeconds"] >= pause + drain + 5


# -- Compose


def compose():
    return yaml.safe_load(text("compose.yaml"))


def test_the_stack_has_all_parts_and_each_can_be_asked_for_its_health():
    services = compose()["services"]
    assert set(services) == {"redis", "mariadb", "node", "gateway", "prometheus"}
    for name in ["redis", "mariadb", "node", "gateway"]:
        assert services[name]["healthcheck"]["test"][0] == "CMD", name  # no shell
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
    for name in ["node", "gateway"]:
        assert services[name]["read_only"] and services[name]["cap_drop"] == ["ALL"]
        # The drain is 10 s unless told otherwise.
        assert int(services[name]["stop_grace_period"].rstrip("s")) >= 15


@pytest.mark.parametrize("name, program", [("node", "switchboard-node"), ("gateway", "switchboard-gateway")])
def test_settings_of_the_stack_are_right(name, program):
    environment = compose()["services"][name]["environment"]
    assert set(environment) <= settings(program)
    plain = {key: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for key, value in environment.items()}
    assert check(program, plain) == []


def test_the_secrets_of_the_stack_are_those_that_the_script_makes(tmp_path):
    shutil.copy(os.path.join(DEPLOY, "secrets"), tmp_path)
    folder = subprocess.run([tmp_path / "secrets"], check=True, capture_output=True, text=True, timeout=20).stdout.strip()
    made = {name: open(os.path.join(folder, name)).read() for name in os.listdir(folder)}
    assert set(made) == set(SECRETS) == {
        os.path.basename(secret["file"]) for secret in compose()["secrets"].values()}
    assert all(len(value) == 48 for value in made.values()) and len(set(made.values())) == len(made)
    subprocess.run([tmp_path / "secrets"], check=True, capture_output=True, timeout=20)
    assert made == {name: open(os.path.join(folder, name)).read() for name in made}


# -- Containerfile


def test_older_builders_understand_the_containerfile():
    lines = text("Containerfile")
    assert "<<" not in lines and "--link" not in lines and "--start-interval" not in lines
    for base in re.findall(r"^FROM (\S+)", lines, re.M):
        assert base.startswith("${"), "base images are arguments"
    last = lines[lines.rindex("\nFROM "):]
    assert re.search(r"^USER \d+:\d+$", last, re.M)
    # Without a shell, and with a deadline of its own below that of the engine.
    assert re.search(r'^HEALTHCHECK .*--timeout=4s .*CMD \["switchboard-node", "healthcheck"', last, re.M)
    assert re.search(r'^CMD \["switchboard-node"\]$', last, re.M)


def test_the_image_gets_every_library_that_the_executables_need():
    """By the names that Debian 12 has for them."""
    packages = {
        "libhiredis.so.0.14": "libhiredis0.14", "libz.so.1": "zlib1g", "libsqlite3.so.0": "libsqlite3-0",
        "libmariadb.so.3": "libmariadb3", "libcrypt.so.1": "libcrypt1", "libstdc++.so.6": "libstdc++6"}
    everywhere = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
                  "libdl.so.2", "libpthread.so.0", "libutil.so.1", "librt.so.1"}
    last = text("Containerfile").split("\nFROM ")[-1]
    for program in ["switchboard-node", "switchboard-gateway"]:
        header = subprocess.run(
            ["objdump", "-p", binary(program)], check=True, capture_output=True, text=True, timeout=60).stdout
        for library in re.findall(r"NEEDED\s+(\S+)", header):
            # Swift's own are inside of release builds.
            if library in everywhere or re.match(r"lib(swift|Foundation|_Foundation|Block|dispatch|BlocksRuntime)", library):
                continue
            assert packages[library] in last, library


# -- systemd


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit, program", [
    ("switchboard-node@.service", "switchboard-node"), ("switchboard-gateway.service", "switchboard-gateway")])
def test_units_are_valid_and_hardened(unit, program, tmp_path):
    lines = text("systemd", unit)
    assert "Type=notify" in lines and set(re.findall(r"(SWITCHBOARD_\w+)=", lines)) <= settings(program)
    copy = tmp_path / unit.replace("@.", "@a.")
    copy.write_text(lines.replace(f"/usr/local/bin/{program}", binary(program)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", copy], capture_output=True, text=True, timeout=60)
    said = [line for line in verified.stderr.splitlines() if unit.split("@")[0].split(".")[0] in line]
    assert verified.returncode == 0 and not said, verified.stderr
    security = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", copy], capture_output=True, text=True, timeout=60)
    assert security.returncode == 0, security.stdout
