"""A TLS server on 127.0.0.1 for the tests.

Prints its port, then serves one connection after the other until it is killed. Of each it reads one HTTP request,
with the body if it has a length, appends a line of JSON about it to the log, and sends the answer.
"""

import argparse
import json
import socket
import ssl


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--client-authority")
    parser.add_argument("--demand", action="store_true", help="end the handshake without a client certificate")
    parser.add_argument("--newest", default="TLSv1_3")
    parser.add_argument("--answer", required=True, help="the file with the bytes to send")
    parser.add_argument("--part", type=int, default=1 << 20, help="bytes in each write")
    parser.add_argument("--ending", choices=["notify", "close", "wait"], default="notify")
    parser.add_argument("--log", required=True)
    return parser.parse_args()


def context(options):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if options.newest == "TLSv1_1":
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.set_ciphers("ALL:@SECLEVEL=0")
    made.maximum_version = ssl.TLSVersion[options.newest]
    made.load_cert_chain(options.certificate, options.key)
    if options.client_authority:
        made.load_verify_locations(options.client_authority)
        made.verify_mode = ssl.CERT_REQUIRED if options.demand else ssl.CERT_OPTIONAL
    return made


def request(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65536)
        if not part:
            return head.decode("latin-1"), 0
        head += part
    head, body = head.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.decode("latin-1").split("\r\n"):
        if line.lower().startswith("content-length:"):
            length = int(line.split(":")[1])
    size = len(body)
    while size < length:
        part = connection.recv(65536)
        if not part:
            break
        size += len(part)
    return head.decode("latin-1"), size


def common_name(certificate):
    for attributes in (certificate or {}).get("subject", ()):
        for name, value in attributes:
            if name == "commonName":
                return value
    return None


def serve(plain, options, made):
    names = []
    made.sni_callback = lambda connection, name, _: names.append(name)
    with made.wrap_socket(plain, server_side=True) as connection:
        head, size = request(connection)
        entry = {
            "serverName": names[0] if names else None,
            "client": common_name(connection.getpeercert()),
            "version": connection.version(),
            "head": head,
            "bodySize": size,
        }
        with open(options.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        with open(options.answer, "rb") as file:
            answer = file.read()
        for start in range(0, len(answer), options.part):
            connection.sendall(answer[start : start + options.part])
        if options.ending == "notify":
            connection.unwrap()
        elif options.ending == "wait":
            connection.recv(1)


def main():
    options = arguments()
    made = context(options)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            plain, _ = listener.accept()
            plain.settimeout(20)
            with plain:
                try:
                    serve(plain, options, made)
                except OSError:
                    pass


main()
