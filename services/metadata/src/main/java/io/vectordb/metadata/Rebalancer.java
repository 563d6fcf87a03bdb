package io.vectordb.metadata;

import com.google.protobuf.util.Timestamps;
import io.vectordb.common.ClusterSettings;
import io.vectordb.common.ClusterSettings.RebalanceMode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AdvanceTask;
import io.vectordb.internal.metadata.v1.ChangeIndexNodes;
import io.vectordb.internal.metadata.v1.ChangeReplicas;
import io.vectordb.internal.metadata.v1.ControlTaskRequest;
import io.vectordb.internal.metadata.v1.EndTask;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.PlanRebalanceResponse;
import io.vectordb.internal.metadata.v1.StartTask;
import io.vectordb.internal.metadata.v1.StartTaskRequest;
import io.vectordb.internal.metadata.v1.Task;
import io.vectordb.internal.storage.v1.StorageAdminServiceGrpc;
import io.vectordb.internal.storage.v1.TransferLeadershipRequest;
import io.vectordb.metadata.placement.ClusterModel;
import io.vectordb.metadata.placement.Feasibility;
import io.vectordb.metadata.placement.Imbalance;
import io.vectordb.metadata.placement.PlacementPlanner;
import io.vectordb.metadata.placement.Plan;
import io.vectordb.metadata.placement.PlanLimits;
import io.vectordb.metadata.placement.PlanRules;
import io.vectordb.metadata.placement.PlannedStep;
import io.vectordb.metadata.placement.Refusal;
import io.vectordb.metadata.placement.Shard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps replicas, leaderships and indexes where they belong, while this member leads the metadata log: again and again it asks
 * the nodes how they are, lets {@link PlacementPlanner} plan, and begins what is planned as tasks. It remembers nothing: what is
 * under way is in the log, and what the next leader plans follows from that.
 *
 * <p>What serves safety is begun at once, what serves balance only every {@link #BALANCE_PASSES} passes. The setting
 * {@link ClusterSettings.Key#REBALANCE_MODE} says how far it goes by itself; drains go on in every mode, and a task to rebalance
 * lets it go all the way until nothing is left.
 *
 * <p>Thread-safe.
 */
final class Rebalancer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Rebalancer.class);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final int BALANCE_PASSES = 6;
    private static final int STEPS_OF_A_PASS = 64;
    private static final Duration REST_AFTER_FAILURE = Duration.ofMinutes(10);
    private static final String STARTED_BY = "cluster";

    private final MetadataLog log;
    private final StorageNodes nodes;
    private final Duration period;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("metadata-rebalancer").factory());
    /** Of this leader's time, those in which nothing was planned included; the ticker's only. */
    private long passes;

    private volatile Imbalance imbalance = new Imbalance(1, 1, 1, 1);
    private volatile int obstacles;

    Rebalancer(MetadataLog log, StorageNodes nodes, Duration period) {
        this.log = log;
        this.nodes = nodes;
        this.period = period;
    }

    void start() {
        ticker.scheduleWithFixedDelay(this::tick, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            if (!log.isLeader()) {
                passes = 0;
                return;
            }
            // The first pass of a leader is left out: nodes have to find it first.
            if (passes++ > 0) {
                pass();
            }
        } catch (VectorDbException | CompletionException e) {
            LOG.info("nothing could be planned: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("nothing could be planned", e);
        }
    }

    private void pass() {
        MetadataState state = log.state();
        ClusterModel model = model(state);
        Plan plan = new PlacementPlanner(PlanRules.DEFAULT, PlanLimits.DEFAULT).plan(model);
        imbalance = plan.before();
        obstacles = plan.obstacles().size();
        List<Task> rebalances =
                working(state).stream().filter(Task::hasRebalance).toList();
        working(state).stream().filter(task -> isVain(state, task)).forEach(this::cancel);
        plan.steps().stream()
                .filter(step -> isToBegin(state, step, rebalances) && !hasFailed(state, step.shard()))
                .limit(STEPS_OF_A_PASS)
                .forEach(this::begin);
        // Of a shard without a leader nothing is known, and so nothing planned.
        Set<String> unknown = model.shards().stream()
                .filter(shard -> shard.leader().isEmpty())
                .map(Shard::uid)
                .collect(Collectors.toSet());
        // Without limits: what waits for others is not done.
        Plan all = rebalances.isEmpty() ? plan : new PlacementPlanner(PlanRules.DEFAULT, PlanLimits.NONE).plan(model);
        working(state).forEach(task -> follow(task, state, all, unknown));
    }

    private ClusterModel model(MetadataState state) {
        return PlacementModels.of(state, nodes.leaders(state));
    }

    private static List<Task> working(MetadataState state) {
        return state.tasks().values().stream()
                .filter(task -> !TaskRules.isOver(task))
                .toList();
    }

    /** What this began for a node that is gone, or is to be empty, would keep its shard waiting for good. */
    private static boolean isVain(MetadataState state, Task task) {
        Node target = state.nodes().get(TaskRules.target(task));
        if (target == null || !task.getStartedBy().equals(STARTED_BY) || task.getWish() == Task.Wish.CANCEL) {
            return false;
        }
        return target.getDrained()
                || switch (target.getState()) {
                    case DEAD, DECOMMISSIONED -> true;
                    case DOWN -> task.hasChangeIndexNodes();
                    case STATE_UNSPECIFIED, UP, SUSPECT, DRAINING, UNRECOGNIZED -> false;
                };
    }

    private void cancel(Task task) {
        LOG.info("task {} is cancelled: node {} takes nothing any more", task.getId(), TaskRules.target(task));
        commit(MetadataCommand.newBuilder()
                .setControlTask(
                        ControlTaskRequest.newBuilder().setId(task.getId()).setWish(Task.Wish.CANCEL)));
    }

    /** Whether something failed for good at a shard lately: it would fail again. */
    private static boolean hasFailed(MetadataState state, String shard) {
        long since = System.currentTimeMillis() - REST_AFTER_FAILURE.toMillis();
        return state.tasks().values().stream()
                .anyMatch(task -> task.getState() == Task.State.FAILED
                        && TaskRules.shard(task).equals(Optional.of(shard))
                        && Timestamps.toMillis(task.getEndTime()) > since);
    }

    private boolean isToBegin(MetadataState state, PlannedStep step, List<Task> rebalances) {
        boolean isAskedFor = rebalances.stream()
                .anyMatch(task -> task.getWish() == Task.Wish.RUN && isOf(state, task, step.shard()));
        Node source = state.nodes().get(ends(step).from());
        if (source != null && source.getDrained()) {
            return true;
        }
        RebalanceMode mode =
                ClusterSettings.of(state.control().getSettingsMap()).rebalanceMode();
        return switch (step.cause()) {
            case DRAIN -> true;
            case SAFETY, DISK -> isAskedFor || mode != RebalanceMode.OFF;
            case ZONE, BYTES, LOAD, LEADERS ->
                isAskedFor || (mode == RebalanceMode.ALL && passes % BALANCE_PASSES == 0);
        };
    }

    private static boolean isOf(MetadataState state, Task rebalance, String shard) {
        return isOf(state, rebalance.getRebalance().getCollection(), shard);
    }

    private static boolean isOf(MetadataState state, String collection, String shard) {
        return collection.isEmpty()
                || state.collectionOfShard(shard)
                        .filter(each -> each.getCollection().getUid().equals(collection))
                        .isPresent();
    }

    private void begin(PlannedStep step) {
        try {
            Optional<StartTaskRequest.Builder> task = task(step);
            if (task.isPresent()) {
                LOG.info("{} of shard {}: {}", kind(step), step.shard(), step.reason());
                commit(MetadataCommand.newBuilder()
                        .setStartTask(StartTask.newBuilder()
                                .setRequest(task.get()
                                        .setStartedBy(STARTED_BY)
                                        .setReason(PlacementModels.name(step.cause()) + ": " + step.reason()))));
            } else if (step instanceof PlannedStep.TransferLeadership transfer) {
                transfer(transfer);
            }
        } catch (VectorDbException e) {
            LOG.info("{} of shard {} is not begun: {}", kind(step), step.shard(), e.getMessage());
        }
    }

    private void transfer(PlannedStep.TransferLeadership transfer) {
        LOG.info("leader of shard {}: {}", transfer.shard(), transfer.reason());
        TransferLeadershipRequest request = TransferLeadershipRequest.newBuilder()
                .setShard(transfer.shard())
                .setNode(transfer.target())
                .build();
        // Nothing waits for it: the next plan sees who leads.
        Thread.ofVirtual().name("metadata-transfer").start(() -> {
            try {
                nodes.call(transfer.source(), StorageAdminServiceGrpc.getTransferLeadershipMethod(), request);
            } catch (VectorDbException e) {
                LOG.info("the leader of shard {} stays: {}", transfer.shard(), e.getMessage());
            }
        });
    }

    /** From where to where; empty: nowhere. */
    private record Ends(String from, String to) {}

    private static Ends ends(PlannedStep step) {
        return switch (step) {
            case PlannedStep.ReplaceReplica each ->
                new Ends(each.lost().node(), each.target().node());
            case PlannedStep.AddReplica each -> new Ends("", each.target().node());
            case PlannedStep.MoveReplica each ->
                new Ends(each.source().node(), each.target().node());
            case PlannedStep.RemoveReplica each -> new Ends(each.replica().node(), "");
            case PlannedStep.TransferLeadership each -> new Ends(each.source(), each.target());
            case PlannedStep.AssignIndexNode each -> new Ends("", each.node());
            case PlannedStep.MoveIndexNode each -> new Ends(each.source(), each.target());
            case PlannedStep.DropIndexNode each -> new Ends(each.node(), "");
        };
    }

    /** As operations are called. */
    private static String kind(PlannedStep step) {
        return switch (step) {
            case PlannedStep.ReplaceReplica _, PlannedStep.MoveReplica _ -> "move_replica";
            case PlannedStep.AddReplica _ -> "add_replica";
            case PlannedStep.RemoveReplica _ -> "remove_replica";
            case PlannedStep.TransferLeadership _ -> "transfer_leader";
            case PlannedStep.AssignIndexNode _ -> "add_index";
            case PlannedStep.MoveIndexNode _ -> "move_index";
            case PlannedStep.DropIndexNode _ -> "remove_index";
        };
    }

    private static Optional<StartTaskRequest.Builder> task(PlannedStep step) {
        Ends ends = ends(step);
        return switch (step) {
            case PlannedStep.ReplaceReplica _,
                    PlannedStep.AddReplica _,
                    PlannedStep.MoveReplica _,
                    PlannedStep.RemoveReplica _ ->
                Optional.of(StartTaskRequest.newBuilder()
                        .setChangeReplicas(ChangeReplicas.newBuilder()
                                .setShard(step.shard())
                                .setFromNode(ends.from())
                                .setToNode(ends.to())
                                .setCause(PlacementModels.name(step.cause()))));
            case PlannedStep.AssignIndexNode _, PlannedStep.MoveIndexNode _, PlannedStep.DropIndexNode _ ->
                Optional.of(StartTaskRequest.newBuilder()
                        .setChangeIndexNodes(ChangeIndexNodes.newBuilder()
                                .setShard(step.shard())
                                .setFromNode(ends.from())
                                .setToNode(ends.to())));
            case PlannedStep.TransferLeadership _ -> Optional.empty();
        };
    }

    /** Those tasks that work on no shard themselves: how far they are, and whether they are done. */
    private void follow(Task task, MetadataState state, Plan plan, Set<String> unknown) {
        if (task.getWish() == Task.Wish.PAUSE) {
            return;
        }
        try {
            if (task.hasDrainNode()) {
                followDrain(task, plan);
            } else if (task.hasRebalance()) {
                followRebalance(task, state, plan, unknown);
            }
        } catch (VectorDbException e) {
            LOG.info("task {}: {}", task.getId(), e.getMessage());
        }
    }

    private void followDrain(Task task, Plan plan) {
        MetadataState state = log.state();
        long left = TaskRules.holdings(state, task.getDrainNode().getNode());
        if (task.getWish() == Task.Wish.CANCEL) {
            end(task, Task.State.CANCELLED);
        } else if (left == 0) {
            end(task, Task.State.SUCCEEDED);
        } else {
            String note = plan.obstacles().stream()
                    .map(Plan.Obstacle::reason)
                    .limit(1)
                    .collect(Collectors.joining());
            advance(task, left + " shards left", note);
        }
    }

    /** @param state that was planned from: what has ended since made the plan shorter than the next one */
    private void followRebalance(Task task, MetadataState state, Plan plan, Set<String> unknown) {
        long begun = Stream.concat(plan.steps().stream().map(PlannedStep::shard), unknown.stream())
                .filter(shard -> isOf(state, task, shard))
                .count();
        long underWay = working(state).stream()
                .flatMap(each -> TaskRules.shard(each).stream())
                .filter(shard -> isOf(state, task, shard))
                .count();
        if (task.getWish() == Task.Wish.CANCEL) {
            // What it began goes on: each is an operation of its own, which can be cancelled.
            end(task, Task.State.CANCELLED);
        } else if (begun == 0 && underWay == 0 && !isHeldUp(plan)) {
            end(task, Task.State.SUCCEEDED);
        } else {
            advance(task, underWay + " under way", "");
        }
    }

    /** Whether nothing is planned because of the cluster as a whole. */
    private static boolean isHeldUp(Plan plan) {
        return plan.obstacles().stream().anyMatch(obstacle -> obstacle.subject().isEmpty());
    }

    private void end(Task task, Task.State state) {
        commit(MetadataCommand.newBuilder()
                .setEndTask(EndTask.newBuilder().setId(task.getId()).setState(state)));
        LOG.info("task {} has ended: {}", task.getId(), state);
    }

    private void advance(Task task, String phase, String note) {
        if (!task.getPhase().equals(phase) || !task.getNote().equals(note)) {
            commit(MetadataCommand.newBuilder()
                    .setAdvanceTask(AdvanceTask.newBuilder()
                            .setId(task.getId())
                            .setPhase(phase)
                            .setNote(note)));
        }
    }

    private void commit(MetadataCommand.Builder command) {
        try {
            log.submit(command, COMMIT).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof VectorDbException refused ? refused : e;
        }
    }

    /**
     * All that would be done now, were there no limits. Blocks until the nodes have answered, some seconds at most.
     *
     * @param collection uid; empty: all
     */
    PlanRebalanceResponse look(String collection) {
        MetadataState state = log.state();
        Plan plan = new PlacementPlanner(PlanRules.DEFAULT, PlanLimits.NONE).plan(model(state));
        PlanRebalanceResponse.Builder response = PlanRebalanceResponse.newBuilder();
        for (PlannedStep step : plan.steps()) {
            if (isOf(state, collection, step.shard())) {
                Ends ends = ends(step);
                response.addStepsBuilder()
                        .setKind(kind(step))
                        .setShard(step.shard())
                        .setFromNode(ends.from())
                        .setToNode(ends.to())
                        .setBytes(step.bytes())
                        .setCause(PlacementModels.name(step.cause()))
                        .setReason(step.reason());
            }
        }
        for (Plan.Obstacle obstacle : plan.obstacles()) {
            String subject = state.shard(obstacle.subject())
                    .map(shard -> "shard " + shard.getName() + ": ")
                    .orElse("");
            response.addObstacles(subject + obstacle.reason());
        }
        return response.build();
    }

    /**
     * Blocks as {@link #look} does.
     *
     * @throws VectorDbException when what a node has has no other place; not for one that is lost, which is asked for nothing
     */
    void requireDrainable(String node) {
        MetadataState state = log.state();
        boolean isGone = Optional.ofNullable(state.nodes().get(node))
                .filter(each -> each.getState() == Node.State.DEAD)
                .isPresent();
        if (!isGone) {
            new Feasibility(model(state), PlanRules.DEFAULT)
                    .drain(node)
                    .map(Refusal::toException)
                    .ifPresent(refusal -> {
                        throw refusal;
                    });
        }
    }

    /** How uneven storage nodes are when all that is under way is done. */
    Imbalance imbalance() {
        return imbalance;
    }

    /** How many things should be done and cannot. */
    int obstacles() {
        return obstacles;
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
