package io.vectordb.cli.local;

import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Starts, watches and stops one installation from outside of its supervisor. */
public final class Controller {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration STOP = Duration.ofSeconds(150);

    private final String name;
    private final RunFolder folder;
    private final HttpClient http;

    public Controller(Home home, String name) {
        this.name = name;
        this.folder = home.run(name);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(1))
                .build();
    }

    public RunFolder folder() {
        return folder;
    }

    /** The state of what runs now; nothing when nothing does, whatever an earlier run left behind. */
    public Optional<RunState> running() {
        return folder.state().filter(RunState::isSupervised);
    }

    /** Ends what a supervisor that is gone left running, as after a kill of it. */
    public void cleanUp(Consumer<String> say) {
        Optional<RunState> left = folder.state().filter(state -> !state.isSupervised());
        if (left.isEmpty()) {
            return;
        }
        for (ProcessState process : left.get().processes()) {
            process.process().handle().ifPresent(handle -> {
                say.accept(
                        "stopping " + process.node() + " (pid " + process.pid() + "), left behind by an earlier run");
                end(handle);
            });
        }
        folder.removeState();
    }

    private static void end(ProcessHandle handle) {
        OsProcess process = OsProcess.of(handle);
        handle.destroy();
        if (!await(Duration.ofSeconds(20), () -> !process.isAlive())) {
            handle.destroyForcibly();
            await(Duration.ofSeconds(5), () -> !process.isAlive());
        }
    }

    /** Fails unless files can be made in the folder, which is made itself if need be. */
    public static void requireWritable(Path data) {
        try {
            Files.createDirectories(data);
            Files.delete(Files.createTempFile(data, ".writable", ""));
        } catch (IOException e) {
            String reason = switch (e) {
                case AccessDeniedException denied -> "permission denied";
                case FileAlreadyExistsException file -> "it is not a folder";
                case FileSystemException other when other.getReason() != null -> other.getReason();
                default -> String.valueOf(e.getMessage());
            };
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot write to the data folder " + data + ": " + reason + "; choose another with --data DIR");
        }
    }

    /** Starts the supervisor, which outlives this process and its terminal. */
    public void launch(Plan plan) {
        folder.removeState();
        folder.write(plan);
        List<String> command = new ArrayList<>(detach());
        command.add(Jvm.java());
        command.addAll(List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(ownProgram());
        command.addAll(
                List.of("io.vectordb.cli.Main", Supervisor.VERB, folder.path().toString()));
        try {
            new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.supervisorLog().toFile())
                    .directory(folder.path().toFile())
                    .start();
        } catch (IOException e) {
            throw new CliException(ExitCode.INTERNAL, "cannot start the supervisor: " + e.getMessage());
        }
        if (!await(Duration.ofSeconds(20), () -> folder.state().isPresent())) {
            throw new CliException(
                    ExitCode.INTERNAL,
                    "the supervisor does not start: "
                            + LogTail.reason(folder.supervisorLog()).orElse("it says nothing")
                            + " (log: " + folder.supervisorLog() + ")");
        }
    }

    /**
     * The class path of the supervisor: a copy of this program in the run folder, since the original may be built anew
     * while the supervisor runs.
     */
    private String ownProgram() {
        String classPath = System.getProperty("java.class.path");
        Path jar = Path.of(classPath.split(File.pathSeparator)[0]);
        Path libraries = jar.resolveSibling("lib");
        if (classPath.contains(File.pathSeparator) || !Files.isRegularFile(jar) || !Files.isDirectory(libraries)) {
            return classPath;
        }
        Path copy = folder.path().resolve("program");
        try (Stream<Path> files = Files.list(libraries)) {
            Files.createDirectories(copy.resolve("lib"));
            Files.copy(jar, copy.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            for (Path library : files.toList()) {
                Files.copy(
                        library,
                        copy.resolve("lib").resolve(library.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            return copy.resolve(jar.getFileName()).toString();
        } catch (IOException e) {
            throw new CliException(ExitCode.INTERNAL, "cannot copy " + jar + " to " + copy + ": " + e.getMessage());
        }
    }

    /** A session of its own where the system has a program for that, else at least no hang-up. */
    private static List<String> detach() {
        for (String program : List.of("setsid", "nohup")) {
            for (String bin : List.of("/usr/bin/", "/bin/")) {
                if (Files.isExecutable(Path.of(bin + program))) {
                    return List.of(bin + program);
                }
            }
        }
        return List.of();
    }

    /**
     * Returns when all processes are ready.
     *
     * @param progress told what is being waited for, again and again
     */
    public RunState awaitReady(Duration timeout, Consumer<String> progress) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            RunState state = folder.state()
                    .orElseThrow(() -> new CliException(
                            ExitCode.NO_SERVER, Installations.title(name) + " was stopped while it was starting"));
            requireAlive(state);
            String waitingFor = waitingFor(state);
            if (waitingFor.isEmpty()) {
                return state;
            }
            progress.accept(waitingFor);
            if (System.nanoTime() > end) {
                throw new CliException(
                        ExitCode.TIMED_OUT,
                        "not ready within " + timeout.toSeconds() + " s: " + waitingFor
                                + "; it goes on starting: see ./vectordb status and ./vectordb logs");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private void requireAlive(RunState state) {
        if (state.phase() == RunState.Phase.FAILED) {
            String node = state.failure().split(" ", 2)[0];
            Optional<String> reason = LogTail.reason(folder.log(node));
            throw new CliException(
                    ExitCode.NO_SERVER,
                    reason.map(line -> node + " does not start: " + line).orElse(state.failure()) + " (log: "
                            + folder.log(node) + ")");
        }
        if (!state.supervisor().isAlive()) {
            throw new CliException(ExitCode.NO_SERVER, "the supervisor is gone (log: " + folder.supervisorLog() + ")");
        }
    }

    private String waitingFor(RunState state) {
        boolean single = state.processes().size() == 1;
        List<String> waiting = new ArrayList<>();
        for (ProcessState process : state.processes()) {
            Readiness readiness = readiness(process);
            if (!readiness.ready()) {
                String again = process.restarts() == 0 ? "" : " (attempt " + (process.restarts() + 1) + ")";
                String detail = readiness.equals(Readiness.NOT_RUNNING) ? "starting" : readiness.detail();
                waiting.add((single ? "" : process.node() + ": ") + detail + again);
            }
        }
        return String.join(" · ", waiting);
    }

    /** How a process of the installation is now. */
    public Readiness readiness(ProcessState process) {
        return process.process().isAlive() ? Readiness.of(http, process.httpPort()) : Readiness.NOT_RUNNING;
    }

    /** Stops everything and returns when it is gone; false when nothing ran. */
    public boolean stop(Consumer<String> say) {
        Optional<RunState> running = running();
        if (running.isEmpty()) {
            boolean left = folder.state().stream()
                    .flatMap(state -> state.processes().stream())
                    .anyMatch(process -> process.process().isAlive());
            cleanUp(say);
            return left;
        }
        OsProcess supervisor = running.get().supervisor();
        supervisor.handle().ifPresent(ProcessHandle::destroy);
        if (!await(STOP, () -> !supervisor.isAlive())) {
            supervisor.handle().ifPresent(ProcessHandle::destroyForcibly);
            await(Duration.ofSeconds(5), () -> !supervisor.isAlive());
        }
        cleanUp(say);
        return true;
    }

    /** Kills one process at once, without giving it a chance to tidy up; its supervisor starts it again. */
    public ProcessState kill(String node) {
        RunState state = running()
                .orElseThrow(() -> new CliException(ExitCode.NO_SERVER, Installations.title(name) + " is not running"));
        ProcessState process = state.processes().stream()
                .filter(each -> each.node().equals(node))
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCode.NOT_FOUND,
                        "there is no node " + node + "; there are "
                                + String.join(
                                        ", ",
                                        state.processes().stream()
                                                .map(ProcessState::node)
                                                .toList())));
        ProcessHandle handle = process.process()
                .handle()
                .orElseThrow(() -> new CliException(
                        ExitCode.CONFLICT, node + " is not running at the moment; its supervisor starts it again"));
        handle.destroyForcibly();
        await(Duration.ofSeconds(10), () -> !process.process().isAlive());
        return process;
    }

    private static boolean await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return true;
    }
}
