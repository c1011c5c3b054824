"""A private MariaDB server, and clusters whose support chat keeps its messages and accounts there."""

import contextlib
import os
import re
import select
import shutil
import socket
import subprocess
import threading

from .chat import ChatCluster
from .processes import Process, free_port, wait_until

DATABASE = "registro_db"


class MariaDB(Process):
    """A server in a folder of its own, on a free port and a unix socket. Its account `root` has no password."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = os.path.join(folder, "mariadb")
        self.socket = os.path.join(self.folder, "socket")
        # Temporary tables in a folder of its own: a server that starts removes those it finds, also another's.
        self.common = ["--no-defaults", f"--datadir={self.folder}/data", f"--tmpdir={self.folder}"]
        if os.getuid() == 0:
            self.common.append("--user=root")
        super().__init__("mariadb", [
            program("mariadbd"), *self.common, f"--port={self.port}", "--bind-address=127.0.0.1",
            f"--socket={self.socket}", f"--pid-file={self.folder}/pid", "--skip-name-resolve",
            "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=2",
        ], folder)

    def install(self):
        """Creates the server's files and the database, and starts it."""
        os.makedirs(self.folder)
        subprocess.run(
            [program("mariadb-install-db"), *self.common, "--auth-root-authentication-method=normal", "--skip-test-db",
             "--skip-name-resolve"], check=True, capture_output=True)
        self.start().wait_ready()
        self.sql(f"CREATE DATABASE {DATABASE}", database="")
        return self

    def wait_ready(self, url=None, seconds=60):
        def answers():
            with contextlib.suppress(subprocess.CalledProcessError):
                return bool(self.sql("SELECT 1", database=""))

        wait_until(answers, lambda: f"mariadb answers; its output: {self.output()}", seconds)

    def sql(self, statements, database=DATABASE):
        """Carries out statements as root; returns the rows of the last one as tuples of texts."""
        command = [
            program("mariadb"), "--no-defaults", f"--socket={self.socket}", "--user=root",
            "--default-character-set=utf8mb4", "--batch", "--skip-column-names", f"--execute={statements}"]
        answer = subprocess.run(command + ([database] if database else []), check=True, capture_output=True)
        lines = answer.stdout.decode().split("\n")[:-1]
        return [tuple(unescaped(value) for value in line.split("\t")) for line in lines]

    def url(self, port):
        """The option --support-store, for whoever reaches the server at a port."""
        return f"mysql://root@127.0.0.1:{port}/{DATABASE}"


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin") or name


def unescaped(value):
    """The client writes tabs, line breaks and NUL with a backslash."""
    characters = {"\\t": "\t", "\\n": "\n", "\\0": "\0", "\\\\": "\\"}
    return re.sub(r"\\[tn0\\]", lambda match: characters[match[0]], value)


def quoted(value):
    return str(value) if isinstance(value, int) else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class MariaDBChatCluster(ChatCluster):
    """Nodes with both applications and one MariaDB, reached through a cutter; the gateway has a listener for each
    application."""

    database_server = None
    cutter = None

    @property
    def store(self):
        if self.database_server is None:
            self.database_server = MariaDB(self.folder)
            self.cutter = CommitCutter(self.database_server.port)
        return self.database_server.url(self.cutter.port)

    def start(self):
        self.database_server.install()
        return super().start()

    def stop(self):
        super().stop()
        self.cutter.stop()

    @property
    def processes(self):
        return super().processes + ([self.database_server] if self.database_server.child else [])

    def execute(self, statement, *values):
        values = iter(values)
        return self.database_server.sql(re.sub(r"\?", lambda _: quoted(next(values)), statement))

    def add_account(self, name, role="user"):
        if name.lower() not in self.accounts:
            self.accounts.add(name.lower())
            self.execute(
                "INSERT IGNORE INTO usuarios (usuario, nombre, rol, pass) VALUES (?, ?, ?, '')", name, name, role)

    def messages(self, name):
        rows = self.execute(
            "SELECT id, de_usuario, para_usuario, mensaje FROM mensajes WHERE ? IN (de_usuario, para_usuario) "
            "ORDER BY id", name)
        return [(int(row[0]), *row[1:]) for row in rows]


class CommitCutter:
    """Stands between nodes and the database. When told to, it passes the next `COMMIT` on, waits until that is carried
    out, and closes the connection in place of handing over the answer."""

    def __init__(self, target):
        self.target = target
        self.cuts = 0  # how many connections are still to be cut
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client):
        """Both directions in turn: the protocol is one of questions and answers."""
        committing = False
        with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as server:
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data or (source is server and committing):
                        return
                    if source is client and b"COMMIT" in data and self.cuts > 0:
                        self.cuts -= 1
                        committing = True
                    (server if source is client else client).sendall(data)

    def stop(self):
        self.listener.close()
