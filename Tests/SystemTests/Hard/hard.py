"""What the harnesses in this directory share: a device with its cloud, and the numbers that they print."""

import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TESTS = os.path.dirname(os.path.dirname(HERE))
DEVICE = os.path.join(TESTS, "SystemTests", "device")
CLOUD = os.path.join(TESTS, "CloudSimulator", "cloud")
TEDGE = os.environ.get("TEDGE_EXECUTABLE") or os.path.join(os.path.dirname(TESTS), ".build", "release", "tedge")
CERTIFICATE = "/etc/tedge/device-certs/tedge-certificate.pem"


class Failure(Exception):
    pass


def run(words, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    answer = subprocess.run(words, capture_output=True, text=True, **options)
    if answer.returncode != 0:
        raise Failure(f"{' '.join(words)}: status {answer.returncode}: {answer.stdout}{answer.stderr}".strip())
    return answer.stdout


class Device:
    """A device, its cloud, and a directory for both; `with` ends them."""

    def __enter__(self):
        self.work = tempfile.TemporaryDirectory(prefix="tedge-hard-")
        os.chmod(self.work.name, 0o755)
        self.state = os.path.join(self.work.name, "device")
        self.cloud = os.path.join(self.work.name, "cloud")
        os.mkdir(self.cloud)
        self.up()
        return self

    def __exit__(self, *_):
        self.down()
        self.work.cleanup()

    def up(self, archive=""):
        words = [DEVICE, "up", "--state", self.state, "--tedge", TEDGE, "--owner", str(os.getpid())]
        run(words + ["--cloud-dir", self.cloud] + (["--restore", archive] if archive else []))
        self.in_cloud(
            "start", "--mqtt-port", "8883", "--https-port", "443", "--address", "10.99.0.2", "--host-name",
            "example.cumulocity.com", "--detach")  # fmt: skip

    def down(self):
        run([DEVICE, "down", "--state", self.state])

    def in_cloud(self, *words):
        return run([DEVICE, "cloud-exec", "--state", self.state, "--", CLOUD, *words, "--directory", self.cloud])

    def inside(self, *words, **options):
        return run([DEVICE, "exec", "--state", self.state, "--", *words], **options)

    def install(self, *names):
        """Brings files of this directory to /hard in the device."""
        self.inside("mkdir", "-p", "/hard")
        for name in names:
            with open(os.path.join(HERE, name), "rb") as file:
                self.inside("sh", "-c", f"cat >/hard/{name}", stdin=file)

    def configure(self):
        """Sets the device up so that it only has to be connected."""
        self.inside("tedge", "config", "set", "c8y.url", "example.cumulocity.com")
        self.inside("tedge", "config", "set", "c8y.root_cert_path", "/cloud/ca.pem")
        self.inside("tedge", "cert", "create", "--device-id", "gateway-1")
        self.inside("tedge", "init")
        path = os.path.join(self.work.name, "device.pem")
        with open(path, "w") as file:
            file.write(self.inside("cat", CERTIFICATE))
        self.in_cloud("trust", path)

    def process(self):
        with open(os.path.join(self.state, "init.pid")) as file:
            return int(file.read())


class Count:
    """Rounds, kills and what held; every round has one kill."""

    def __init__(self):
        self.rounds = self.kills = self.held = 0
        self.failures = []

    def add(self, name, problems):
        self.rounds += 1
        self.kills += 1
        if problems:
            self.failures.append(f"{name}: {'; '.join(problems)}")
            print(f"FAILED {self.failures[-1]}", flush=True)
        else:
            self.held += 1

    def line(self, title):
        return f"{title}: {self.rounds} rounds, {self.kills} kills, {self.held} held"
