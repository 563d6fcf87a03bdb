package io.vectordb.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A tiny process for the supervisor: notes in a file that it runs, then does as it is told. */
final class Child {

    private Child() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Files.writeString(
                Path.of(arguments[1]),
                ProcessHandle.current().pid() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        switch (arguments[0]) {
            case "fail" -> {
                System.err.println("12:00:00.000 ERROR Child - no luck today");
                System.exit(3);
            }
            default -> {
                System.out.println("running");
                new CountDownLatch(1).await();
            }
        }
    }

    static ProcessSpec spec(String node, String behaviour, Path notes) {
        List<String> command = new ArrayList<>(List.of(
                Jvm.java(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx16m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                behaviour,
                notes.toString()));
        return new ProcessSpec(node, "child", command, Map.of(), Map.of("http", 1));
    }

    /** The ids of the processes that have run so far. */
    static List<String> runs(Path notes) {
        try {
            return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
