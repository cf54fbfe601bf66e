import { toolchainTest } from "./toolchain.ts";

toolchainTest("python3 runs processes, threads, sockets and a data base", {
  needs: ["python3"],
  files: {
    "main.py": `import asyncio, socket, sqlite3, subprocess, tempfile, threading
import concurrent.futures, multiprocessing
from multiprocessing import shared_memory

def square(n):
    return n * n

def main():
    done = subprocess.run(["tr", "a-z", "A-Z"], input="subprocess", text=True, capture_output=True)
    print(done.stdout)
    counted = []
    threads = [threading.Thread(target=counted.append, args=(n,)) for n in range(20)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print("threads", sorted(counted) == list(range(20)))
    with multiprocessing.Pool(3) as pool:
        print("pool", pool.map(square, [1, 2, 3]))
    queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=queue.put, args=("queued",))
    process.start()
    print(queue.get())
    process.join()
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        print("futures", list(executor.map(square, [4, 5])))
    shared = shared_memory.SharedMemory(create=True, size=4096)
    shared.buf[0] = 7
    print("shared", shared.buf[0])
    shared.close()
    shared.unlink()
    base = sqlite3.connect("base.sqlite")
    base.execute("pragma journal_mode=wal")
    base.execute("create table t (n)")
    base.executemany("insert into t values (?)", [(1,), (2,)])
    base.commit()
    print("sqlite", base.execute("select sum(n) from t").fetchone()[0])
    base.close()
    async def echo():
        async def serve(reader, writer):
            writer.write(await reader.read(9))
            writer.close()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"asyncio")
        writer.write_eof()
        print((await reader.read()).decode())
        writer.close()
        child = await asyncio.create_subprocess_exec("true")
        print("child", await child.wait())
        server.close()
    asyncio.run(echo())
    with tempfile.TemporaryDirectory() as place:
        print(place.startswith("/tmp/"))

if __name__ == "__main__":
    main()
`,
    "test_main.py": `import unittest, main
class Square(unittest.TestCase):
    def test_square(self):
        self.assertEqual(main.square(3), 9)
`,
  },
  script: `
    python3 main.py
    python3 -m unittest -q 2> unittest.log
    python3 -m compileall -q .
    python3 -m venv --without-pip --system-site-packages made
    made/bin/python -c 'import main; print("venv", main.square(4))'
  `,
  prints: `SUBPROCESS
threads True
pool [1, 4, 9]
queued
futures [16, 25]
shared 7
sqlite 3
asyncio
child 0
True
venv 16
`,
});

toolchainTest(
  "python3's fork server and managers work with unix_sockets: true",
  {
    needs: ["python3"],
    config: "sandbox: { unix_sockets: true }\n",
    files: {
      "main.py": `import multiprocessing

def square(n):
    return n * n

if __name__ == "__main__":
    for method in ["spawn", "forkserver"]:
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            print(method, pool.map(square, [1, 2, 3]))
    with multiprocessing.Manager() as manager:
        managed = manager.dict(key="value")
        print(dict(managed))
`,
    },
    script: "python3 main.py",
    prints: `spawn [1, 4, 9]
forkserver [1, 4, 9]
{'key': 'value'}
`,
  },
);
