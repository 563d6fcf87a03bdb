package io.vectordb.metadata;

import com.google.protobuf.Timestamp;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.AppendAuditRequest;
import io.vectordb.internal.metadata.v1.AppendAuditResponse;
import io.vectordb.internal.metadata.v1.InitCluster;
import io.vectordb.internal.metadata.v1.MetadataCommand;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.RegisterNodeResponse;
import io.vectordb.storage.StateStore;
import io.vectordb.v1.AuditEntry;
import java.util.List;

/**
 * What the commands of the metadata log do to the state. Deterministic: uids and times come with the command, choices
 * follow from the state. For one command; the changes it made are collected as rows to store.
 */
final class MetadataCommands {

    private static final long MICROS_PER_SECOND = 1_000_000;

    private final long index;
    private final Timestamp time;
    private final MetadataState before;
    private final StateEdit edit;
    private final TaskCommands tasks;
    private final CollectionCommands collections;

    private MetadataCommands(MetadataState state, long index, long timeMicros) {
        this.before = state;
        this.edit = new StateEdit(state);
        this.index = index;
        this.time = Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(timeMicros, MICROS_PER_SECOND))
                .setNanos(Math.toIntExact(Math.floorMod(timeMicros, MICROS_PER_SECOND) * 1_000))
                .build();
        this.tasks = new TaskCommands(edit, index, time);
        this.collections = new CollectionCommands(edit, tasks, index, time);
    }

    /**
     * The state after {@code command}, which stands at {@code index} of the log.
     *
     * @throws IllegalStateException for a kind of command that this program does not know: it must not go on
     */
    static Transition apply(MetadataState state, long index, MetadataCommand command) {
        return new MetadataCommands(state, index, command.getTimeMicros()).apply(command);
    }

    private Transition apply(MetadataCommand command) {
        return DoneRequests.once(before, index, command, () -> execute(command));
    }

    private Transition execute(MetadataCommand command) {
        MetadataResult.Builder result = MetadataResult.newBuilder();
        try {
            switch (command.getCommandCase()) {
                case REGISTER_NODE ->
                    result.setRegisterNode(
                            registerNode(command.getRegisterNode().getNode()));
                case CREATE_COLLECTION -> result.setCreateCollection(collections.create(command.getCreateCollection()));
                case DELETE_COLLECTION -> result.setDeleteCollection(collections.delete(command.getDeleteCollection()));
                case ADD_FIELDS -> result.setAddFields(collections.addFields(command.getAddFields()));
                case FINISH_COLLECTION -> result.setFinishCollection(collections.finish(command.getFinishCollection()));
                case SUCCEED_SHARD -> result.setSucceedShard(collections.succeed(command.getSucceedShard()));
                case APPEND_AUDIT -> {
                    return audit(command.getAppendAudit());
                }
                case SET_NODE_STATES -> {
                    return NodeCommands.setStates(before, index, time, command.getSetNodeStates());
                }
                case UPDATE_SETTINGS -> {
                    return NodeCommands.updateSettings(before, index, command.getUpdateSettings());
                }
                case START_TASK -> result.setStartTask(tasks.start(command.getStartTask()));
                case CONTROL_TASK -> result.setControlTask(tasks.control(command.getControlTask()));
                case ADVANCE_TASK -> tasks.advance(command.getAdvanceTask());
                case END_TASK -> tasks.end(command.getEndTask());
                case ASSIGN_INDEX_NODES -> tasks.assign(command.getAssignIndexNodes());
                case UNDRAIN_NODE -> result.setUndrainNode(tasks.undrain(command.getUndrainNode()));
                case UPDATE_COLLECTION -> result.setUpdateCollection(collections.update(command.getUpdateCollection()));
                case INIT_CLUSTER -> initCluster(command.getInitCluster());
                case COMMAND_NOT_SET ->
                    throw new IllegalStateException("The entry at " + index + " holds no command that is known here");
            }
        } catch (VectorDbException refusal) {
            return Transition.refused(before, refusal);
        }
        return edit.done(index, result.build());
    }

    /** The first one stays. */
    private void initCluster(InitCluster command) {
        if (before.clusterId().isEmpty()) {
            edit.put(command);
        }
    }

    private RegisterNodeResponse registerNode(Node reported) {
        Node known = before.nodes().get(reported.getId());
        Node node = NodeCommands.registered(reported, known, time);
        if (!node.equals(known)) {
            edit.put(node);
            if (node.getService() == Node.Service.INDEX) {
                IndexAssignments.changed(edit.state()).forEach(edit::put);
            }
        }
        return RegisterNodeResponse.newBuilder()
                .setClusterId(before.clusterId())
                .setVersion(edit.version(index))
                .build();
    }

    /** No new version: nobody who follows the metadata has to know. */
    private Transition audit(AppendAuditRequest request) {
        AuditEntry entry = AuditChain.next(before.lastAudit(), request, time);
        return new Transition(
                before.withLastAudit(entry),
                List.of(new StateStore.Put(AuditChain.key(entry.getIndex()), entry.toByteArray())),
                MetadataResult.newBuilder()
                        .setAppendAudit(AppendAuditResponse.newBuilder().setEntry(entry))
                        .build());
    }
}
