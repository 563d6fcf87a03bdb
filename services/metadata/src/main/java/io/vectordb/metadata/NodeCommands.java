package io.vectordb.metadata;

import com.google.protobuf.Timestamp;
import io.vectordb.common.ClusterSettings;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.internal.metadata.v1.ClusterControl;
import io.vectordb.internal.metadata.v1.MetadataResult;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.SetNodeStates;
import io.vectordb.internal.metadata.v1.UpdateSettingsRequest;
import io.vectordb.internal.metadata.v1.UpdateSettingsResponse;
import io.vectordb.rpc.NodeStates;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What commands do to nodes and to the settings of the cluster. Deterministic. */
final class NodeCommands {

    private NodeCommands() {}

    /** A node as it says of itself, without what only the metadata says of it. */
    static Node report(Node node) {
        return node.toBuilder()
                .clearState()
                .clearStateTime()
                .clearStateReason()
                .clearDrained()
                .build();
    }

    /** What is stored of a node that reports itself: a new one is up, a known one keeps its state. */
    static Node registered(Node reported, @Nullable Node known, Timestamp time) {
        Node.Builder node = report(reported).toBuilder();
        if (known == null || known.getState() == Node.State.STATE_UNSPECIFIED) {
            return node.setState(Node.State.UP).setStateTime(time).build();
        }
        return node.setState(known.getState())
                .setStateTime(known.getStateTime())
                .setStateReason(known.getStateReason())
                .setDrained(known.getDrained())
                .build();
    }

    /** Takes over the states that the leader concluded; shards of index nodes that are gone go to others. */
    static Transition setStates(MetadataState state, long index, Timestamp time, SetNodeStates command) {
        StateEdit edit = new StateEdit(state);
        boolean indexNodesChanged = false;
        for (SetNodeStates.Change change : command.getChangesList()) {
            Node node = state.nodes().get(change.getId());
            if (node != null && node.getState() == change.getFrom()) {
                edit.put(node.toBuilder()
                        .setState(change.getTo())
                        .setStateTime(time)
                        .setStateReason(change.getReason())
                        .build());
                indexNodesChanged |= node.getService() == Node.Service.INDEX;
            }
        }
        if (indexNodesChanged) {
            IndexAssignments.changed(edit.state()).forEach(edit::put);
        }
        if (state.control().getMissingTogether() != command.getMissingTogether()) {
            edit.put(state.control().toBuilder()
                    .setMissingTogether(command.getMissingTogether())
                    .build());
        }
        return edit.done(index, MetadataResult.getDefaultInstance());
    }

    /** A node that is to be emptied. */
    static Node drained(Node node, Timestamp time) {
        Node.Builder drained = node.toBuilder().setDrained(true);
        return NodeStates.isUp(node) && node.getState() != Node.State.DRAINING
                ? drained.setState(Node.State.DRAINING).setStateTime(time).build()
                : drained.build();
    }

    /** A node that may have something again. */
    static Node undrained(Node node, Timestamp time) {
        Node.Builder undrained = node.toBuilder().setDrained(false);
        return node.getState() == Node.State.DRAINING
                ? undrained.setState(Node.State.UP).setStateTime(time).build()
                : undrained.build();
    }

    /** A node that is let go for good. */
    static Node decommissioned(Node node, Timestamp time) {
        return node.toBuilder()
                .setState(Node.State.DECOMMISSIONED)
                .setStateTime(time)
                .setStateReason("an operator let it go")
                .build();
    }

    /** @throws VectorDbException as {@link ClusterSettings#with} does, or when the version is another */
    static Transition updateSettings(MetadataState state, long index, UpdateSettingsRequest request) {
        ClusterControl control = state.control();
        if (request.hasIfVersion() && request.getIfVersion() != control.getSettingsVersion()) {
            throw new VectorDbException(
                    ErrorCode.OPERATION_CONFLICT,
                    "expected the settings at version " + request.getIfVersion() + ", they are at "
                            + control.getSettingsVersion(),
                    Map.of("version", String.valueOf(control.getSettingsVersion())));
        }
        ClusterSettings settings =
                ClusterSettings.of(control.getSettingsMap()).with(request.getSetMap(), request.getUnsetList());
        StateEdit edit = new StateEdit(state);
        ClusterControl next = control;
        if (!settings.set().equals(control.getSettingsMap())) {
            next = control.toBuilder()
                    .clearSettings()
                    .putAllSettings(settings.set())
                    .setSettingsVersion(request.getDryRun() ? control.getSettingsVersion() : index)
                    .build();
            if (!request.getDryRun()) {
                edit.put(next);
            }
        }
        return edit.done(
                index,
                MetadataResult.newBuilder()
                        .setUpdateSettings(UpdateSettingsResponse.newBuilder()
                                .setControl(next)
                                .setVersion(edit.isEmpty() ? state.version() : index))
                        .build());
    }
}
