package io.vectordb.cli.local;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A service unpacked for a fast start: the jar with its libraries beside it, and a cache of loaded and linked classes
 * (JEP 483, JEP 514) from a training run.
 *
 * <p>One folder per content of the jar and JVM, {@code app/NAME-HASH}; those of earlier builds are removed. A service
 * whose training fails runs without the cache.
 */
final class AppImage {

    private static final int HASH_DIGITS = 12;
    private static final long EXTRACT_SECONDS = 120;
    private static final long TRAINING_SECONDS = 180;

    private final ServiceApp app;
    private final Path folder;

    private AppImage(ServiceApp app, Path folder) {
        this.app = app;
        this.folder = folder;
    }

    /** Makes the image unless it exists. */
    static AppImage prepare(Home home, ServiceApp app, Steps steps) {
        Path jar = app.jar(home.root());
        if (!Files.isRegularFile(jar)) {
            throw new CliException(ExitCode.NO_SERVER, app.name() + " is not built: there is no " + jar);
        }
        try {
            AppImage image = new AppImage(app, home.apps().resolve(app.name() + "-" + hash(jar, app)));
            if (!Files.exists(image.folder.resolve("complete"))) {
                image.make(home, jar, steps);
            }
            return image;
        } catch (IOException e) {
            throw new CliException(ExitCode.INTERNAL, "cannot unpack " + jar + ": " + e.getMessage());
        }
    }

    /** The command that runs the service with these arguments. */
    List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Jvm.java());
        if (Files.exists(cache())) {
            command.add("-XX:AOTCache=" + cache());
            // A cache that does not fit is ignored; what the JVM says about that helps nobody.
            command.add("-Xlog:aot=off,cds=off");
        }
        command.addAll(app.allFlags());
        command.add("-jar");
        command.add(jar().toString());
        command.addAll(arguments);
        return command;
    }

    private Path jar() {
        return folder.resolve(app.name() + ".jar");
    }

    private Path cache() {
        return folder.resolve("app.aot");
    }

    private void make(Home home, Path source, Steps steps) throws IOException {
        steps.begin("unpacking " + app.name());
        removeOthers(home);
        Files.createDirectories(folder);
        Path log = folder.resolve("prepare.log");
        int exit = run(
                List.of(
                        Jvm.java(),
                        "-Djarmode=tools",
                        "-jar",
                        source.toString(),
                        "extract",
                        "--force",
                        "--application-filename",
                        app.name() + ".jar",
                        "--destination",
                        folder.toString()),
                log,
                EXTRACT_SECONDS);
        if (exit != 0 || !Files.isRegularFile(jar())) {
            throw new IOException(LogTail.reason(log).orElse("exit " + exit) + " (log: " + log + ")");
        }
        steps.begin("preparing a fast start of " + app.name());
        train(log, steps);
        Files.writeString(folder.resolve("complete"), Jvm.identity() + "\n");
    }

    /** Runs the service up to the point where it would begin to serve, recording the classes it loads. */
    private void train(Path log, Steps steps) throws IOException {
        Path scratch = Files.createTempDirectory("vectordb-training");
        List<String> command = new ArrayList<>();
        command.add(Jvm.java());
        command.add("-XX:AOTCacheOutput=" + cache());
        command.addAll(app.allFlags());
        command.add("-Dspring.context.exit=onRefresh");
        command.add("-jar");
        command.add(jar().toString());
        command.addAll(app.training().apply(scratch));
        try {
            int exit = run(command, log, TRAINING_SECONDS);
            if (exit != 0 || !Files.exists(cache())) {
                steps.note(app.name() + " will start without a class cache (log: " + log + ")");
                Files.deleteIfExists(cache());
            }
        } finally {
            delete(scratch);
        }
    }

    private static int run(List<String> command, Path log, long seconds) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        try {
            if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.INTERRUPTED, "interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Of the names, sizes and checksums in the jar, which is the same for the same content, and of how it is run. */
    private static String hash(Path jar, ServiceApp app) throws IOException {
        StringBuilder content = new StringBuilder(Jvm.identity()).append(app.allFlags());
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            zip.stream()
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .forEach(entry -> content.append(entry.getName())
                            .append(entry.getSize())
                            .append(entry.getCrc()));
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(content.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void removeOthers(Home home) throws IOException {
        Files.createDirectories(home.apps());
        List<Path> others;
        try (Stream<Path> all = Files.list(home.apps())) {
            others = all.filter(each -> each.getFileName().toString().matches(app.name() + "-[0-9a-f]{12}"))
                    .toList();
        }
        for (Path other : others) {
            delete(other);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> below;
        try (Stream<Path> all = Files.walk(folder)) {
            below = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : below) {
            Files.deleteIfExists(path);
        }
    }
}
