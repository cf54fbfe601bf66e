import { toolchainTest } from "./toolchain.ts";

const FILES = {
  "Main.java": `import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.IntStream;

public class Main {
    public static void main(String[] arguments) throws Exception {
        var threads = new ArrayList<Thread>();
        var sums = new int[16];
        for (int i = 0; i < sums.length; i++) {
            int n = i;
            threads.add(new Thread(() -> sums[n] = 2 * n));
        }
        for (var thread : threads) thread.start();
        for (var thread : threads) thread.join();
        System.out.println("threads " + IntStream.of(sums).sum());
        System.out.println("parallel " + IntStream.range(0, 1000).parallel().sum());
        var child = new ProcessBuilder("echo", "child").start();
        System.out.print(new String(child.getInputStream().readAllBytes()));
        Files.writeString(Path.of("made"), "text");
        try (var server = new ServerSocket(0)) {
            System.out.println(server.getLocalPort() > 0);
        }
    }
}
`,
};

const PRINTS = "threads 240\nparallel 499500\nchild\ntrue\n";

toolchainTest("javac compiles what java runs, with threads and a child", {
  needs: ["javac", "java", "jar"],
  files: FILES,
  script: `
    javac -d classes Main.java
    java -cp classes Main
    jar --create --file main.jar --main-class Main -C classes .
    java -jar main.jar
  `,
  prints: PRINTS.repeat(2),
});

// A Java knows nothing of the sandbox's limit: it counts on a quarter of the
// machine's memory unless it is told.
toolchainTest("java keeps to memory_mb when it is told its heap", {
  needs: ["java", "javac"],
  config: "sandbox: { memory_mb: 768 }\n",
  files: {
    "Hungry.java": `import java.util.ArrayList;

public class Hungry {
    public static void main(String[] arguments) {
        var kept = new ArrayList<byte[]>();
        try {
            while (true) kept.add(new byte[1 << 20]);
        } catch (OutOfMemoryError error) {
            int megabytes = kept.size();
            kept.clear();
            System.out.println(megabytes > 100 && megabytes < 256);
        }
    }
}
`,
  },
  script: `
    export JAVA_TOOL_OPTIONS=-Xmx256m
    javac Hungry.java 2> javac.log
    java Hungry 2> java.log
  `,
  prints: "true\n",
});
