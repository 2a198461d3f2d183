#!/usr/bin/env python3
"""Holds a lotus network that catches up with the clock where a miner has something to prove.

usage: lotus_pace.py API_URL TOKEN PACE_FILE MINERS_FILE

PACE_FILE gets the milliseconds that lotus-miner waits before each block; MINERS_FILE names the
miners to wait for, one a line, and may grow; a first line "every MS" is the least wait. Fast where no
sector is due, slower in the two deadlines before one that has sectors, slow in its challenge and
window until the proof is on chain, nearly at a stand before it closes.
"""
import json, os, sys, time, urllib.request

url, token, pace_file, miners_file = sys.argv[1:]


def call(method, *params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "Filecoin." + method, "params": params})
    request = urllib.request.Request(url, body.encode(), {
        "Content-Type": "application/json", "Authorization": "Bearer " + token})
    answer = json.load(urllib.request.urlopen(request, timeout=30))
    if "error" in answer:
        raise RuntimeError(answer["error"]["message"])
    return answer["result"]


def members(runs):
    total, here = set(), 0
    for i, run in enumerate(runs):
        if i % 2:
            total.update(range(here, here + run))
        here += run
    return total


class Miner:
    def __init__(self, name):
        self.name, self.height, self.due = name, -1000, {}

    def partitions(self, head, key):
        """{deadline: partitions with sectors to prove}, looked up every 30 epochs."""
        if head - self.height >= 30:
            self.height, self.due = head, {}
            for index in range(48):
                for number, p in enumerate(call("StateMinerPartitions", self.name, index, key) or []):
                    faulty = members(p["FaultySectors"]) - members(p["RecoveringSectors"])
                    if members(p["LiveSectors"]) - faulty:
                        self.due.setdefault(index, set()).add(number)
        return self.due

    def wait_ms(self, head, key):
        info = call("StateMinerProvingDeadline", self.name, key)
        due = self.partitions(head, key)
        for ahead in range(4):
            index = (info["Index"] + ahead) % info["WPoStPeriodDeadlines"]
            if index not in due:
                continue
            opens = info["Open"] + ahead * info["WPoStChallengeWindow"]
            if ahead == 0:
                posted = call("StateMinerDeadlines", self.name, key)[index]["PostSubmissions"]
                if due[index] <= members(posted):
                    continue
                return 3000 if head > info["Close"] - 25 else 500
            if head >= opens - info["WPoStChallengeLookback"]:
                return 500
            return 120
        return 0


miners, written = {}, None
while True:
    least = 0
    try:
        names = []
        for line in open(miners_file).read().split("\n"):
            if line.startswith("every "):
                least = int(line[6:])
            elif line:
                names.append(line)
        head = call("ChainHead")
        waits = [miners.setdefault(name, Miner(name)).wait_ms(head["Height"], head["Cids"])
                 for name in names]
        pace = max([least] + waits)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        print("lotus_pace:", error, file=sys.stderr, flush=True)
        pace = max(least, 1000)
    if pace != written:
        with open(pace_file + ".new", "w") as out:
            out.write(f"{pace}\n")
        os.rename(pace_file + ".new", pace_file)
        written = pace
    time.sleep(0.1)
