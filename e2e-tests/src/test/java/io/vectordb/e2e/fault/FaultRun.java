package io.vectordb.e2e.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.e2e.history.Operation;
import io.vectordb.e2e.history.RegisterChecker;
import io.vectordb.e2e.history.SetChecker;
import io.vectordb.e2e.history.Verdict;
import io.vectordb.e2e.process.Folders;
import io.vectordb.v1.Consistency;
import io.vectordb.v1.Record;
import io.vectordb.v1.ScrollRequest;
import io.vectordb.v1.ScrollResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/** Clients of a collection that go on while faults come and go, and the judgement of what they saw. For one thread. */
final class FaultRun implements AutoCloseable {

    private static final int REGISTER_CLIENTS = 3;
    private static final int SET_CLIENTS = 2;
    private static final Duration THINKING = Duration.ofMillis(5);
    /** So that nodes that start get a share of the processors. */
    private static final Duration THINKING_WHILE_HEALING = Duration.ofMillis(50);

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration RESUMES_WITHIN = Duration.ofSeconds(60);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);
    private static final int PAGE = 500;
    /** For calls that are made once, when everything is healed. */
    private static final com.google.protobuf.Duration PATIENT =
            com.google.protobuf.Duration.newBuilder().setSeconds(50).build();

    private final Setting setting;
    private final Histories histories = new Histories();
    private final List<Client> clients = new ArrayList<>();
    private final List<SetClient> setClients = new ArrayList<>();
    private volatile Duration thinking = THINKING;
    private volatile boolean stopped;

    /**
     * Whom clients call and how.
     *
     * @param name of the run; its keys begin with it
     * @param reads STRONG, unless the judgement itself is to be tested
     * @param large whether the records of the set take much room
     * @param serverTime of a call: short, so that many end while a fault lasts
     */
    record Setting(String name, FaultCluster cluster, Consistency.Level reads, boolean large, Duration serverTime) {

        private static final Duration SHORT = Duration.ofMillis(2_500);

        Setting(String name, FaultCluster cluster) {
            this(name, cluster, Consistency.Level.STRONG, false);
        }

        Setting(String name, FaultCluster cluster, Consistency.Level reads, boolean large) {
            this(name, cluster, reads, large, SHORT);
        }

        String registerPrefix() {
            return name + "-r";
        }

        String setPrefix() {
            return name + "-s";
        }
    }

    private FaultRun(Setting setting, SplittableRandom random) {
        this.setting = setting;
        RegisterKeys keys = new RegisterKeys(setting.registerPrefix());
        for (int id = 0; id < REGISTER_CLIENTS; id++) {
            clients.add(new Client(new RegisterClient(id, caller(random), keys, histories, random.split())));
        }
        for (int id = REGISTER_CLIENTS; id < REGISTER_CLIENTS + SET_CLIENTS; id++) {
            SetClient client =
                    new SetClient(id, setting.large(), setting.setPrefix(), caller(random), histories, random.split());
            setClients.add(client);
            clients.add(new Client(client));
        }
    }

    /** Lets clients loose. */
    static FaultRun start(Setting setting, SplittableRandom random) {
        FaultRun run = new FaultRun(setting, random);
        run.clients.forEach(each -> each.thread.start());
        return run;
    }

    private Caller caller(SplittableRandom random) {
        return new Caller(
                setting.cluster().client(),
                FaultCluster.COLLECTION,
                setting.reads(),
                setting.serverTime(),
                histories,
                random.split());
    }

    /** A thread that makes one step after another. */
    private final class Client {

        private final Step step;
        private final AtomicLong answered = new AtomicLong();
        private final Thread thread =
                Thread.ofPlatform().name("client").daemon().unstarted(this::run);

        Client(Step step) {
            this.step = step;
        }

        private void run() {
            try {
                while (!stopped) {
                    if (step.run()) {
                        answered.incrementAndGet();
                    }
                    LockSupport.parkNanos(thinking.toNanos());
                }
            } catch (RuntimeException | AssertionError e) {
                histories.violation("a client broke off: " + e);
            }
        }
    }

    /** Whether clients are to be answered while a fault lasts. */
    enum Service {
        /** By the nodes that are left: the fault lasts until each client was answered. */
        GOES_ON,
        ANY
    }

    /** Lets something go wrong for so long, and waits until all clients are answered again. */
    FaultRun during(Fault fault, Duration length, Service service) {
        awaitAnswers();
        long before = histories.done();
        String meanwhile = "";
        long begun = System.nanoTime();
        long ended;
        long answered;
        try {
            fault.inject();
            if (service == Service.GOES_ON) {
                awaitAnswers();
                meanwhile = "answered again after " + millisSince(begun) + " ms, ";
            }
            awaitEnd(begun, length);
        } finally {
            ended = System.nanoTime();
            answered = histories.done() - before;
            thinking = THINKING_WHILE_HEALING;
            fault.heal();
            thinking = THINKING;
        }
        long healed = System.nanoTime();
        awaitAnswers();
        System.out.printf(
                "%s: %s for %d ms: %s%d operations answered; then healed within %d ms, all clients answered within %d ms%n",
                setting.name(),
                fault.name(),
                (ended - begun) / 1_000_000,
                meanwhile,
                answered,
                (healed - ended) / 1_000_000,
                millisSince(healed));
        return this;
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private static void awaitEnd(long begun, Duration length) {
        Awaitility.await("the fault has lasted")
                .atMost(length.plusSeconds(10))
                .pollInterval(POLL)
                .until(() -> System.nanoTime() - begun >= length.toNanos());
    }

    /** Waits until each client was answered twice: the second answer belongs to a call that was begun meanwhile. */
    void awaitAnswers() {
        List<Long> goals = clients.stream().map(each -> each.answered.get() + 2).toList();
        Awaitility.await("every client is answered")
                .atMost(RESUMES_WITHIN)
                .pollInterval(POLL)
                .until(() -> {
                    setting.cluster().restartEnded();
                    for (int i = 0; i < goals.size(); i++) {
                        if (clients.get(i).answered.get() < goals.get(i)) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    /** Ends the clients, reads everything, and fails where the checkers find something. */
    void settleAndJudge() {
        List<String> wrong = settle();
        assertThat(wrong).as("%s, see %s", setting.name(), file()).isEmpty();
    }

    /** Ends the clients, reads everything, and gives what the checkers find. */
    List<String> settle() {
        stop();
        setClients.forEach(SetClient::readEverything);
        List<String> listing = list();
        histories.save(file());
        List<String> wrong = new ArrayList<>(histories.violations());
        wrong.addAll(SetChecker.check(histories.ofKeys(setting.setPrefix()), listing));
        histories.ofKeys(setting.registerPrefix()).forEach((key, history) -> judge(key, history, wrong));
        System.out.println(setting.name() + ": " + histories + "; saved in " + file());
        return wrong;
    }

    /** How many calls told nothing, by code. */
    Map<String, Long> failures() {
        return histories.failures();
    }

    private Path file() {
        return Folders.artifact("histories", setting.name() + ".edn");
    }

    private static void judge(String key, List<Operation> history, List<String> wrong) {
        switch (RegisterChecker.check(history)) {
            case Verdict.Correct _ -> {}
            case Verdict.Wrong(String why) -> wrong.add("not linearizable: " + key + ": " + why);
            case Verdict.Undecided(long steps) -> wrong.add("not judged within " + steps + " steps: " + key);
        }
    }

    /** The keys of the set, page by page, through the index node. */
    private List<String> list() {
        List<String> keys = new ArrayList<>();
        String cursor = "";
        do {
            ScrollResponse page = setting.cluster()
                    .client()
                    .search()
                    .scroll(ScrollRequest.newBuilder()
                            .setCollection(FaultCluster.COLLECTION)
                            .setConsistency(Consistency.newBuilder().setLevel(Consistency.Level.STRONG))
                            .setLimit(PAGE)
                            .setTimeout(PATIENT)
                            .setCursor(cursor)
                            .build());
            for (Record record : page.getRecordsList()) {
                keys.add(record.getKey().getStringKey());
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return keys.stream().filter(key -> key.startsWith(setting.setPrefix())).toList();
    }

    private void stop() {
        stopped = true;
        Awaitility.await("the clients have ended")
                .atMost(ENDS_WITHIN)
                .pollInterval(POLL)
                .until(() -> clients.stream().noneMatch(each -> each.thread.isAlive()));
    }

    /** Ends the clients of a run that was broken off, and keeps what they saw. */
    @Override
    public void close() {
        if (!stopped) {
            stopped = true;
            histories.save(file());
            System.out.println(setting.name() + " was broken off: " + histories + "; saved in " + file());
        }
        clients.forEach(each -> each.thread.interrupt());
    }
}
