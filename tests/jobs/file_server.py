#!/usr/bin/env python3
"""A web server of one folder that behaves as told.

usage: file_server.py FOLDER MODE LOG PORT_FILE

Every request is a line of LOG, "name first-byte"; PORT_FILE appears when the server listens. Modes:
  ranges     answers ranges, as servers of large files do
  plain      knows no ranges, as python3 -m http.server
  cut        ranges, but no more than 256 KiB a connection
  plain-cut  both of it
  stuck      no byte behind the first 256 KiB ever comes
  slow       ranges, 64 KiB every 200 ms
  busy       503 twice, then as ranges
  closed     403 always
"""
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, mode, log, port_file = sys.argv[1:]
CUT, STEP = 256 << 10, 64 << 10
requests = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def refuse(self, code, **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"sorry")

    def do_GET(self):
        global requests
        requests += 1
        name = os.path.basename(self.path)
        wanted = self.headers.get("Range")
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        with open(log, "a") as lines:
            lines.write(f"{name} {first}\n")
        if mode == "closed":
            return self.refuse(403)
        if mode == "busy" and requests <= 2:
            return self.refuse(503)
        try:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
        except OSError:
            return self.refuse(404)
        if mode.startswith("plain"):
            first = 0
        elif wanted and first >= len(data):
            return self.refuse(416, Content_Range=f"bytes */{len(data)}")
        self.send_body(data, first, bool(wanted) and not mode.startswith("plain"))

    def send_body(self, data, first, partial):
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        end = {"cut": first + CUT, "plain-cut": CUT, "stuck": CUT}.get(mode, len(data))
        try:
            for at in range(first, min(end, len(data)), STEP):
                self.wfile.write(data[at:min(at + STEP, end)])
                if mode == "slow":
                    time.sleep(0.2)
        except ConnectionError:
            pass
        self.close_connection = end < len(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".part", "w") as out:
    out.write(str(server.server_address[1]))
os.rename(port_file + ".part", port_file)
server.serve_forever()
