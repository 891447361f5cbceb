#!/usr/bin/env python3
"""Runs a command under a time limit and writes what it took: peak.py SECONDS RESULT LOG COMMAND…

RESULT gets lines of a name and a number: exit (124 where it ran out of time), seconds, memory_mib (most of the command and of
what it started) and, where nvidia-smi answers, gpu_mib (most that the first GPU held more than before)."""
import resource
import subprocess
import sys
import threading
import time


def gpu():
    try:
        answer = subprocess.run(["nvidia-smi", "--id=0", "--query-gpu=memory.used", "--format=csv,noheader,nounits"], capture_output=True, text=True, timeout=10)
        return int(answer.stdout.strip()) if answer.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def main():
    limit, result, log, command = float(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
    before, most, ended = gpu(), 0, threading.Event()

    def watch():
        nonlocal most
        while not ended.wait(0.1):
            most = max(most, (gpu() or 0) - before)

    watching = threading.Thread(target=watch) if before is not None else None
    if watching:
        watching.start()
    started = time.monotonic()
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = 124
    seconds = time.monotonic() - started
    ended.set()
    if watching:
        watching.join()
    with open(result, "w") as output:
        output.write(f"exit {code}\nseconds {seconds:.1f}\nmemory_mib {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}\n")
        if watching:
            output.write(f"gpu_mib {most}\n")
    sys.exit(code if 0 <= code <= 255 else 1)


if __name__ == "__main__":
    main()
