package io.vectordb.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps the processes of a plan alive until it is told to stop, and tells their state in the run folder.
 *
 * <p>Every process has a thread that starts it, takes over its output into its log and waits for its end. A process that
 * ends is started again after a wait ({@link BackOff}); one that never comes up makes the supervisor stop everything and
 * give up.
 */
public final class Supervisor {

    /** What the program is called with to be a supervisor; no verb for people. */
    public static final String VERB = "supervise";

    private static final long LOG_BYTES = 10 << 20;

    private final Plan plan;
    private final RunFolder folder;
    private final List<SupervisedProcess> processes = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private RunState.Phase phase = RunState.Phase.RUNNING;
    private String failure = "";

    public Supervisor(Plan plan, RunFolder folder, BackOff backOff) {
        this.plan = plan;
        this.folder = folder;
        for (ProcessSpec spec : plan.processes()) {
            processes.add(new SupervisedProcess(spec, folder.path(), backOff, this::publish, this::giveUp));
        }
    }

    /** The body of the supervisor's own process: returns when everything has stopped. */
    public static void main(Path runFolder) throws InterruptedException {
        RunFolder folder = new RunFolder(runFolder);
        Plan plan = folder.plan().orElseThrow(() -> new IllegalStateException("no readable plan.json in " + runFolder));
        Supervisor supervisor = new Supervisor(plan, folder, BackOff.DEFAULT);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(supervisor::stop));
        supervisor.start();
        supervisor.awaitEnd();
    }

    /** Starts all processes; returns at once. */
    public void start() {
        publish();
        for (SupervisedProcess process : processes) {
            process.start(LOG_BYTES);
        }
    }

    /** Blocks until everything has stopped, by {@link #stop} or because it gave up. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /**
     * Stops all processes, service by service, those first that were started last, and returns when they are gone. After a failure the state
     * stays, for whoever started this to read.
     */
    public void stop() {
        synchronized (this) {
            if (phase == RunState.Phase.STOPPING) {
                return;
            }
            if (phase == RunState.Phase.RUNNING) {
                phase = RunState.Phase.STOPPING;
                publish();
            }
        }
        stopProcesses();
        synchronized (this) {
            if (phase == RunState.Phase.STOPPING) {
                folder.removeState();
            }
        }
        ended.countDown();
    }

    private void stopProcesses() {
        processes.forEach(SupervisedProcess::noMoreStarts);
        Map<String, List<SupervisedProcess>> byService = new LinkedHashMap<>();
        processes
                .reversed()
                .forEach(each -> byService
                        .computeIfAbsent(each.service(), service -> new ArrayList<>())
                        .add(each));
        for (List<SupervisedProcess> service : byService.values()) {
            service.forEach(SupervisedProcess::askToStop);
            service.forEach(SupervisedProcess::awaitStop);
        }
    }

    private void giveUp(String reason) {
        synchronized (this) {
            if (phase != RunState.Phase.RUNNING) {
                return;
            }
            phase = RunState.Phase.FAILED;
            failure = reason;
        }
        // Not on the thread of the process that failed, since that one is waited for as well.
        Thread.ofPlatform().name("give-up").start(() -> {
            stopProcesses();
            publish();
            ended.countDown();
        });
    }

    private synchronized void publish() {
        OsProcess self = OsProcess.of(ProcessHandle.current());
        folder.write(new RunState(
                plan.name(),
                phase,
                self.pid(),
                self.startedMillis(),
                plan.dataDir(),
                plan.restUrl(),
                plan.grpcAddress(),
                failure,
                processes.stream().map(SupervisedProcess::state).toList()));
    }
}
