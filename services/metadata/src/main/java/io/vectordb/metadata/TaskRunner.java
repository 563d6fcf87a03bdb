package io.vectordb.metadata;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdvanceTask;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.CommandError;
import io.vectordb.internal.metadata.v1.EndTask;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.internal.metadata.v1.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the tasks while this member leads the metadata log: some at once, one step after another. What it does is written
 * to the log; a leader that was deposed without knowing it can write nothing there, and what it does to the groups meanwhile
 * is what the next one would do.
 *
 * <p>A node receives at most {@value #AT_ONCE_OF_A_NODE} replicas at a time. Tasks that work on no
 * shard are the {@link Rebalancer}'s.
 */
final class TaskRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration STEP_PAUSE = Duration.ofMillis(300);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    /** Progress in bytes is written down at most so often. */
    private static final Duration REPORT = Duration.ofSeconds(5);

    private static final int AT_ONCE = 32;
    private static final int AT_ONCE_OF_A_NODE = 2;

    private final MetadataLog log;
    private final StorageNodes nodes;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-tasks").factory());
    private final ThreadFactory threads =
            Thread.ofVirtual().name("metadata-task-", 0).factory();
    /** Touched by the ticker's thread only. */
    private final Map<String, Run> runs = new HashMap<>();

    TaskRunner(MetadataLog log, StorageNodes nodes) {
        this.log = log;
        this.nodes = nodes;
    }

    void start() {
        ticker.scheduleWithFixedDelay(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            runs.values().removeIf(run -> !run.thread.isAlive());
            if (!log.isLeader()) {
                runs.values().forEach(Run::stop);
                return;
            }
            MetadataState state = log.state();
            for (Task task : state.tasks().values()) {
                if (isToRun(task)) {
                    begin(task);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("tasks cannot be begun", e);
        }
    }

    private boolean isToRun(Task task) {
        return TaskRules.shard(task).isPresent()
                && !TaskRules.isOver(task)
                && task.getWish() != Task.Wish.PAUSE
                && !runs.containsKey(task.getId())
                && (!task.hasChangeReplicas() || hasRoomFor(task.getChangeReplicas()));
    }

    /** Index nodes limit themselves what they load at once. */
    private boolean hasRoomFor(ChangeReplicas change) {
        List<ChangeReplicas> copies = runs.values().stream()
                .filter(run -> run.task.hasChangeReplicas())
                .map(run -> run.task.getChangeReplicas())
                .toList();
        long received = copies.stream()
                .filter(each -> each.getToNode().equals(change.getToNode()))
                .count();
        return copies.size() < AT_ONCE && (change.getToNode().isEmpty() || received < AT_ONCE_OF_A_NODE);
    }

    private void begin(Task task) {
        Run run = new Run(task);
        runs.put(task.getId(), run);
        run.thread.start();
    }

    /** One task, as long as this member leads and it is not paused. */
    private final class Run implements Runnable {

        private final Task task;
        private final Thread thread = threads.newThread(this);
        private final CountDownLatch stopped = new CountDownLatch(1);
        private TaskStep.Working reported = new TaskStep.Working("", "", 0, 0);
        private long reportedNanos;

        Run(Task task) {
            this.task = task;
        }

        @Override
        public void run() {
            Duration pause = STEP_PAUSE;
            try {
                while (log.isLeader()) {
                    Optional<Task> now = log.state().task(task.getId()).filter(each -> !TaskRules.isOver(each));
                    if (now.isEmpty() || now.get().getWish() == Task.Wish.PAUSE) {
                        return;
                    }
                    try {
                        if (step(now.get())) {
                            return;
                        }
                        pause = STEP_PAUSE;
                    } catch (VectorDbException e) {
                        pause = longer(pause);
                        failed(now.get(), e);
                    }
                    if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                LOG.debug("task {} is left to the next leader", task.getId());
            } catch (RuntimeException e) {
                LOG.error("task {} failed, and is tried again", task.getId(), e);
            }
        }

        /** Leaves the task to who leads next. */
        void stop() {
            stopped.countDown();
            thread.interrupt();
        }

        /** Whether it has ended. */
        private boolean step(Task now) {
            MetadataState state = log.state();
            ShardState shard = state.shard(TaskRules.shard(now).orElseThrow()).orElseThrow();
            TaskStep step = now.hasChangeReplicas()
                    ? new ReplicaChange(nodes, state.version(), shard, now).next()
                    : new IndexChange(nodes, this::commit, shard, now).next();
            return switch (step) {
                case TaskStep.Working working -> {
                    report(working);
                    yield false;
                }
                case TaskStep.Done done -> {
                    EndTask.Builder end = EndTask.newBuilder().setState(Task.State.SUCCEEDED);
                    done.members().ifPresent(end::setMembers);
                    end(end);
                    yield true;
                }
                case TaskStep.Undone _ -> {
                    end(EndTask.newBuilder().setState(Task.State.CANCELLED));
                    yield true;
                }
            };
        }

        private void failed(Task now, VectorDbException e) {
            LOG.info("task {}: {}", task.getId(), e.getMessage());
            if (e.code() == ErrorCode.SEGMENT_CORRUPT) {
                abandon(now);
                end(EndTask.newBuilder()
                        .setState(Task.State.FAILED)
                        .setError(CommandError.newBuilder()
                                .setCode(e.code().name())
                                .setMessage(String.valueOf(e.getMessage()))
                                .putAllMetadata(e.metadata())));
                return;
            }
            report(new TaskStep.Working(
                    now.getPhase(), String.valueOf(e.getMessage()), now.getBytesDone(), now.getBytesTotal()));
        }

        private void abandon(Task now) {
            MetadataState state = log.state();
            TaskRules.shard(now)
                    .flatMap(state::shard)
                    .filter(_ -> now.hasChangeReplicas())
                    .ifPresent(shard -> new ReplicaChange(nodes, state.version(), shard, now).abandon());
        }

        private void report(TaskStep.Working now) {
            boolean isNew = !now.phase().equals(reported.phase()) || !now.note().equals(reported.note());
            boolean isLate = !now.equals(reported) && System.nanoTime() - reportedNanos > REPORT.toNanos();
            if (isNew || isLate) {
                commit(MetadataCommand.newBuilder()
                        .setAdvanceTask(AdvanceTask.newBuilder()
                                .setId(task.getId())
                                .setPhase(now.phase())
                                .setNote(now.note())
                                .setBytesDone(now.bytesDone())
                                .setBytesTotal(now.bytesTotal())));
                reported = now;
                reportedNanos = System.nanoTime();
            }
        }

        private void end(EndTask.Builder end) {
            commit(MetadataCommand.newBuilder().setEndTask(end.setId(task.getId())));
            LOG.info("task {} has ended: {}", task.getId(), end.getState());
        }

        private void commit(MetadataCommand.Builder command) {
            try {
                log.submit(command, COMMIT).join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof VectorDbException refused ? refused : e;
            }
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        runs.values().forEach(Run::stop);
    }
}
