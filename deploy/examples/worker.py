#!/usr/bin/env python3
"""A complete worker in Python's standard library, the reference of the worker protocol.

    python3 worker.py AGENT http://127.0.0.1:5080 [http://another-replica:5080 ...]

It answers in upper case; put your own agent into answer(). What keeps it right:
- Every report names the claim's epoch. A heartbeat at a third of the lease's TTL keeps it, and so does output.
- A refused report (409 lease_lost and the like): the run is over for this worker. Stop, report nothing more.
- Output goes one batch after the other, numbered from 1. A repeated batch, heartbeat, complete or fail does no harm, so
  what got no answer, or a 5xx, is sent again, to the next replica, while the lease may be alive.
- Signals (aborts) are hints that make it quick. A missed one is made up for by the next heartbeat.
"""
import http.client, itertools, json, os, random, signal, socket, sys, threading, time
from urllib.parse import quote, urlsplit

AGENT, SERVERS = sys.argv[1], [url.rstrip("/") for url in sys.argv[2:]]
WORKER = f"python-{socket.gethostname()[:64]}-{os.getpid()}"
SLOTS, CLAIM_SECONDS, GRACE_SECONDS, FLUSH_SECONDS, FLUSH_ITEMS = 8, 20, 10, 0.025, 32
FAULTS = (OSError, http.client.HTTPException, ValueError)    # what is worth another try
Refused = type("Refused", (Exception,), {})                  # an answer that no repetition would change
runs, stopping = {}, threading.Event()                       # (session, run, epoch) -> Run; SIGTERM came

def answer(text, messages):
    """The agent: yields the answer piece by piece. messages is the conversation, text its last message."""
    for word in text.upper().split():
        yield word + " "

def request(method, path, body, timeout):
    """One request to the first of SERVERS; after a fault another one is the first."""
    server, url = SERVERS[0], urlsplit(SERVERS[0])
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(url.hostname, url.port, timeout=timeout)
        headers = {"Content-Type": "application/json", "Connection": "close"}   # the connection goes with its answer
        connection.request(method, url.path + path, body and json.dumps(body), headers)
        response = connection.getresponse()
        if response.status >= 500:
            raise OSError(f"{server}{path}: {response.status} {response.read(1000)}")
        return response
    except FAULTS:
        if SERVERS[0] == server:
            SERVERS.append(SERVERS.pop(0))
        raise

def post(path, body, timeout):
    response = request("POST", path, body, timeout)
    text = response.read()
    if response.status >= 300:
        raise Refused(f"{path}: {response.status} {text.decode()}")
    return json.loads(text) if text else {}

def pauses(pause=0.05):
    """Each next() sleeps longer than the one before, with jitter."""
    return (time.sleep(min(pause * 2**min(n, 6), 2.0) * random.uniform(0.5, 1)) for n in itertools.count())

class Run:
    def __init__(self, claim):
        self.input, self.messages = claim["run"]["input"]["text"], claim["messages"]
        self.key = claim["run"]["sessionId"], claim["run"]["id"], claim["lease"]["epoch"]
        self.path = "/v1/sessions/%s/runs/%s/" % (quote(self.key[0], safe=""), quote(self.key[1], safe=""))
        self.ttl, self.reported = claim["lease"]["ttlSeconds"], time.monotonic()
        self.lock, self.over, self.items, self.batch = threading.RLock(), threading.Event(), [], 0

    def report(self, kind, **body):
        """Until it is answered; given up when the lease can't be alive any more."""
        until, pause = time.monotonic() + self.ttl, pauses()
        with self.lock:
            while not self.over.is_set():
                sent = time.monotonic()
                try:
                    post(self.path + kind, {"epoch": self.key[2], **body}, self.ttl / 3)
                    self.reported = sent
                    return
                except (Refused, *FAULTS) as fault:
                    if isinstance(fault, Refused) or sent > until:
                        return self.over.set()
                    next(pause)

    def flush(self):
        with self.lock:
            if self.items:
                items, self.items, self.batch = self.items, [], self.batch + 1
                self.report("output", batch=self.batch, items=items)

    def finish(self, kind, **body):
        with self.lock:
            self.flush()
            self.report(kind, **body)
            self.over.set()

    def keep(self):
        """Sends what has gathered every 25 ms, and a heartbeat when nothing else has kept the lease."""
        while not self.over.wait(FLUSH_SECONDS):
            self.flush()
            if time.monotonic() - self.reported > self.ttl / 3:
                self.report("heartbeat")

    def execute(self):
        threading.Thread(target=self.keep, daemon=True).start()
        try:
            for text in itertools.takewhile(lambda _: not self.over.is_set(), answer(self.input, self.messages)):
                with self.lock:                              # held by a report in flight: a slow server slows the agent
                    self.items.append({"type": "delta", "text": text})
                    if len(self.items) >= FLUSH_ITEMS:
                        self.flush()
            self.finish("complete")
        except Exception as error:
            self.finish("fail", code="agent_error", message=repr(error)[:1000], phase="run")
        runs.pop(self.key, None)

def claim(pause):
    while not stopping.is_set():
        wanted = {"workerId": WORKER, "agents": [AGENT], "max": SLOTS - len(runs), "waitSeconds": CLAIM_SECONDS}
        try:
            answered = post("/v1/workers/claims", wanted, CLAIM_SECONDS + 10) if wanted["max"] else {}
            for run in map(Run, answered.get("claims", [])):
                runs[run.key] = run
                threading.Thread(target=run.execute, daemon=True).start()
            pause = pauses()
        except (Refused, *FAULTS) as fault:
            print("no claim:", fault, file=sys.stderr, flush=True)
        next(pause)

def listen(pause):
    while True:
        try:
            event = b""
            for line in request("GET", f"/v1/workers/{WORKER}/signals", None, 40):     # there is a ping every 15 s
                name, _, value = line.strip().partition(b": ")
                event = value if name == b"event" else event
                told = json.loads(value) if name == b"data" and event == b"abort" else {}
                if run := runs.get((told.get("sessionId"), told.get("runId"), told.get("epoch"))):
                    run.over.set()
        except FAULTS:
            pass
        next(pause)

signal.signal(signal.SIGTERM, lambda *_: stopping.set())     # claims nothing more, fails what does not end in time
for work in (claim, listen):
    threading.Thread(target=work, args=(pauses(),), daemon=True).start()
print(WORKER, "claims runs of", AGENT, flush=True)
stopping.wait()
end = time.monotonic() + GRACE_SECONDS
while runs and time.monotonic() < end:
    time.sleep(0.05)
for run in list(runs.values()):
    run.finish("fail", code="worker_shutdown", message="The worker was shut down.", phase="run")
